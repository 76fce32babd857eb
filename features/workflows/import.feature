@flow:hive-workflow-engine-components
Feature: Bringing a workflow along
  Whoever moves in brings files that others drew, years ago and with other tools. What can be understood is taken as it
  is, and what the file left out or this platform cannot do is said on the spot: at night, in a run, it is too late.

  Background:
    Given Ada administers Acme

  Rule: A genuine export comes in and runs

    @covers:hive-workflow-engine-components/1
    Scenario: A workflow with old nodes beside new ones
      When Ada creates the workflow "Ships and berths"
      Then the answer is 201
      And the import warned of nothing
      And "Ships and berths" is stored in version 1, active

    @covers:hive-workflow-engine-components/1
    Scenario: It does what it did where it was drawn
      Given Ada has the workflow "Ships and berths"
      When Ada executes "Ships and berths" with {"ships": [{"ship": "Nancy", "cargo": "pies", "tons": 90}], "berths": [{"cargo": "pies", "quay": "East"}]}
      Then the execution completed after "Morning in the harbour", "Ships in the bay", "Berths along the quay", "Ship meets berth", "Heaviest first", "Two pilots only", "Orders for the pilots"
      And its result is
        """
        [{ "order": "Bring Nancy to East, pilot 1 of 1" }]
        """

  Rule: Where two ways meet, the meeting waits for both, and a node that is switched off lets everything pass

    @covers:hive-workflow-engine-components/2
    Scenario: Over the hill and along the river to the market
      Given Ada has the workflow "Two ways to the market"
      When Ada executes "Two ways to the market" with [{"cart": "Turnips"}]
      Then the execution completed after "Cock crow", "Over the hill", "Along the river", "Market"
      And its result is
        """
        [{ "cart": "Turnips", "hill": "Turnips over the hill", "river": "Turnips along the river" }]
        """
      And "Market" ran once
      And "Pay the toll" never started

  Rule: What the file left out is given its usual meaning, and what is odd in it is told

    Scenario: What was odd about grandmother's cookbook
      When Ada creates the workflow "Moth-eaten cookbook"
      Then the answer is 201
      And the import warned of
        | warning            | nodes       |
        | DUPLICATE_NAME     | Stir        |
        | UNKNOWN_CONNECTION | Aunt Agatha |
      And the import reported of its nodes
        | node           | read as    | with defaults for           |
        | Hungry         | defaulted  | id, typeVersion, parameters |
        | Stir           | defaulted  | id                          |
        | Count the eggs | defaulted  | id                          |
        | Note of 1911   | ignored    | id                          |
        | Whisk          | understood |                             |

    Scenario: It cooks all the same
      Given Ada has the workflow "Moth-eaten cookbook"
      When Ada executes "Moth-eaten cookbook" with [{"eggs": 3}]
      Then the execution completed after "Hungry", "Count the eggs", "Stir"
      And its result is
        """
        [{ "recipe": "Stir 3 eggs with 6 spoons" }]
        """
      And "Whisk" never started

  Rule: What this platform cannot do is told at the door, and fails where it is reached

    @covers:hive-workflow-engine-components/3
    Scenario: A node that nobody here knows
      When Ada creates the workflow "Ask the oracle"
      Then the answer is 201
      And the import warned of
        | warning          | nodes             |
        | UNSUPPORTED_NODE | The oracle speaks |

    @covers:hive-workflow-engine-components/3
    Scenario: An execution that comes to it fails there
      Given Ada has the workflow "Ask the oracle"
      When Ada executes "Ask the oracle" with {"goat": true, "question": "Will it rain?"}
      Then the execution failed at "The oracle speaks" because of "NODE_UNSUPPORTED"

    Scenario: An execution that does not come to it goes well
      Given Ada has the workflow "Ask the oracle"
      When Ada executes "Ask the oracle" with {"goat": false, "question": "the weather"}
      Then its result is
        """
        [{ "answer": "No goat, no word on the weather" }]
        """

    Scenario: Nobody gets at the machine behind the platform
      Given Ada has the workflow "Open the back door"
      When Ada executes "Open the back door"
      Then the execution failed at "Whisper to the machine" because of "NODE_REFUSED"
