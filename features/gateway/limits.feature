@flow:hive-rate-limits
Feature: Nobody can take the platform away from the others
  Everyone has a budget of requests, by who they are and what they ask for. Whoever spends it is told so and waits; nobody
  else notices. Strangers are counted by where they come from, so that a flood of them costs no customer anything.

  Rule: A role whose quota is zero is not let in, and nothing is counted for it

    @covers:hive-rate-limits/3
    Scenario Outline: What the table of quotas closes to a role
      Given Ada administers Acme
      And Dario is a <role> of Acme
      When Dario tries to <do something>
      Then the answer is 403 with the code "ROLE_NOT_ADMITTED"
      And no request of Dario to "<endpoint>" is counted
      And the security events of Acme have a "request.denied" by Dario

      Examples: The zeros of the table
        | role      | do something       | endpoint             |
        | viewer    | create a workflow  | api.workflows.create |
        | viewer    | start an execution | api.executions.start |
        | viewer    | register an agent  | api.agents.register  |
        | developer | register an agent  | api.agents.register  |

  Rule: All engines count into one budget, for each person and each endpoint

    @covers:hive-rate-limits/4 @flow:hq-gateway-chain @covers:hq-gateway-chain/3
    Scenario: The eleventh registration of an agent within a minute
      Given Ada administers Acme
      And Grace has the roles admin at Acme
      When Ada tries to register an agent 12 times, on both engines in turn
      Then 10 requests were let through and then 2 were answered 429, with the time to wait
      And Grace may still register an agent
      And Ada may still list workflows

    Scenario: What is left of a budget is told with every answer
      Given Ada administers Acme
      And Ada sets a limit of 30 requests a minute for Acme
      When Ada lists workflows
      Then the answer is 200
      And it tells of a limit of 30 requests in 60 seconds, with less than 30 left and less than 61 seconds to go

  Rule: Strangers are counted by their address, and only strangers pay for strangers

    @own-engines @flow:hq-gateway-chain @covers:hq-gateway-chain/2 @covers:hq-gateway-chain/4
    Scenario: A flood without a token
      Given an engine that allows 300 requests a minute from one address
      And Ada administers Acme
      When somebody without a token asks 310 times from one address
      Then 300 of them were answered 401 and then 10 were answered 429, with the time to wait
      And Ada, from another address, still has her whole budget
      And the metrics tell 300 refusals as "unauthenticated" and 10 as "rate-limited", apart from what was accepted
