@flow:hive-agent-registration
Feature: An agent joins the platform
  Work is only ever sent to agents that the platform knows and has reached itself. An administrator says where an agent
  is and what it can do; the platform looks for itself before it believes it, and says exactly what is wrong with a
  registration that it cannot take.

  Background:
    Given Ada administers Acme

  Rule: A registration makes one agent, reachable or not

    @covers:hive-agent-registration/1
    Scenario: The documented agent
      Given the agent acacia runs, under no other name
      And somebody listens to the topic of acacia
      When Ada registers acacia as documented
      Then the answer is 201
      And acacia is stored once, idle, with all that was said of it
      And the topic was told "agent.registered"

    @covers:hive-agent-registration/3
    Scenario: An agent that registers again is the same agent
      Given the agent acacia runs
      And Ada registered acacia
      When Ada registers acacia under the name "ACACIA, rebuilt"
      Then the answer is 200
      And acacia is stored once, under the name "ACACIA, rebuilt"

    @covers:hive-agent-registration/3
    Scenario Outline: What the platform finds when it looks
      Given the agent acacia runs and <behaves>
      When Ada registers acacia
      Then the answer is 201
      And acacia is stored once, <status>

      Examples: From well to away
        | behaves                                   | status   |
        | answers at once                           | idle     |
        | takes longer than it promised             | degraded |
        | lacks the model that it registers with    | degraded |
        | answers with an error                     | offline  |
        | has died                                  | offline  |

  Rule: A registration that cannot be right is refused with the place of the fault

    @covers:hive-agent-registration/2
    Scenario Outline: Registrations that cannot be right
      When Ada registers acacia <with a fault>
      Then the answer is 422 with the code "REQUEST_INVALID"
      And the faults are at <place>
      And acacia is not stored

      Examples: What people get wrong
        | with a fault                            | place                             |
        | with a proficiency of 1.2               | "body.capabilities.0.proficiency" |
        | with a proficiency of -0.1              | "body.capabilities.0.proficiency" |
        | without an endpoint                     | "body.endpoint"                   |
        | with an empty list of capabilities      | "body.capabilities"               |
        | with a password in its endpoint         | "body.endpoint"                   |
        | with an endpoint that is no web address | "body.endpoint"                   |
        | with more hardware than anyone has      | "body.hardware"                   |
        | with a promise that is none             | "body.performance_targets.min_tps" |

  Rule: Administrators let agents in, others may only look

    @covers:hive-agent-registration/4
    Scenario Outline: People who may not register agents
      Given Dario is a <role> of Acme
      When Dario registers acacia
      Then the answer is 403 with the code "ROLE_NOT_ADMITTED"
      And acacia is not stored

      Examples: All roles but one
        | role      |
        | developer |
        | viewer    |

    @covers:hive-agent-registration/4
    Scenario: An administrator registers too often
      Given Ada registered acacia 10 times within a minute
      When Ada registers walnut
      Then the answer is 429 with the code "RATE_LIMITED"
      And the answer says when to try again
      And walnut is not stored

    Scenario: A viewer looks at agents
      Given Vera is a viewer of Acme
      And the agent acacia runs
      And Ada registered acacia
      When Vera looks at acacia
      Then the answer is 200
      And she is shown acacia, idle

    Scenario: Registering is written down
      When Ada registers acacia
      Then the answer is 201
      And the audit log of Acme has a success of "agent.register" by Ada
