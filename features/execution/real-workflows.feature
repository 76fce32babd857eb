@flow:hive-workflow-execution-flow
Feature: Workflows as people really draw them
  Nobody brings a workflow of three nodes. They bring branches, joins, old nodes beside new ones, notes, and nodes that
  were switched off years ago. All of it must do here what it did where it was drawn, or they cannot move.

  Background:
    Given Ada administers Acme

  Rule: A branch is taken for the data that it is meant for, and for no other

    Scenario: Somebody who stands on the list comes in
      Given Ada has the workflow "Answer the door"
      When Ada executes "Answer the door" starting at "Somebody knocks", with
        """
        { "headers": { "host": "house.example" }, "query": { "list": "Percy,Flashheart" }, "body": { "name": "Flashheart", "gift": "canary" } }
        """
      Then the execution completed after "Somebody knocks", "Read the card", "Is on the list", "Welcome", "Open the door"
      And its result is
        """
        [{ "words": "Come in, Flashheart! Thank you for the CANARY.", "seat": 20 }]
        """
      And "Turn away" never started
      And the web service was never asked for "/bell"

    Scenario: Somebody who does not is turned away
      Given Ada has the workflow "Answer the door"
      When Ada executes "Answer the door" starting at "Somebody knocks", with
        """
        { "headers": { "host": "house.example" }, "query": { "list": "Percy,Flashheart" }, "body": { "name": "Baldrick", "gift": "turnip" } }
        """
      Then the execution completed after "Somebody knocks", "Read the card", "Is on the list", "Turn away", "Shut the door"
      And its result is
        """
        [{ "words": "Not today, Baldrick. Knocked at: house.example" }]
        """
      And "Welcome" never started

    Scenario: Every letter goes into its pigeonhole
      Given Ada has the workflow "Sort the mail"
      When Ada executes "Sort the mail" with
        """
        [{ "subject": "the war", "seal": "crown" }, { "subject": "my sonnet", "scent": "rose" },
         { "subject": "the rates", "seal": "wax" }, { "subject": "the cat", "seal": "crown" }]
        """
      Then the execution completed after "The postman comes", "Which pigeonhole", "For the Queen", "For Percy", "For the fire", "Mail bag", "Count"
      And its result is
        """
        [{ "holes": { "Queen": ["the war", "the cat"], "Percy": ["my sonnet"], "fire": ["the rates"] }, "first": "the war" }]
        """
      And "Burn" never started

    Scenario: Pigeonholes without a letter are left alone
      Given Ada has the workflow "Sort the mail"
      When Ada executes "Sort the mail" with [{ "subject": "the rates", "seal": "wax" }]
      Then the execution completed after "The postman comes", "Which pigeonhole", "For the fire", "Mail bag", "Count"
      And its result is
        """
        [{ "holes": { "fire": ["the rates"] }, "first": "the rates" }]
        """

  Rule: Two lists are joined by what they have in common

    Scenario Outline: The heaviest ships that have a berth get the pilots
      Given Ada has the workflow "Ships and berths"
      When Ada executes "Ships and berths" with
        """
        { "ships": [{ "ship": "Black Pig", "cargo": "turnips", "tons": 10 }, { "ship": "Nancy", "cargo": "pies", "tons": 90 },
                    { "ship": "Ark", "cargo": "animals", "tons": 900 }, { "ship": "Gull", "cargo": "pies", "tons": 40 }],
          "berths": [{ "cargo": "<cargo>", "quay": "East" }, { "cargo": "turnips", "quay": "West" }] }
        """
      Then the execution completed after "Morning in the harbour", "Ships in the bay", "Berths along the quay", "Ship meets berth", "Heaviest first", "Two pilots only", "Orders for the pilots"
      And its result is
        """
        [{ "order": "Bring <first>, pilot 1 of <pilots>" }<second>]
        """

      Examples:
        | cargo   | first             | pilots | second                                                 |
        | pies    | Nancy to East     | 2      | , { "order": "Bring Gull to East, pilot 2 of 2" }      |
        | animals | Ark to East       | 2      | , { "order": "Bring Black Pig to West, pilot 2 of 2" } |
        | coal    | Black Pig to West | 1      |                                                        |

  Rule: Items are taken apart, counted and put together again

    Scenario: Those who came back are paid by rank
      Given Ada has the workflow "Pay the crew"
      When Ada executes "Pay the crew" with
        """
        { "ship": "Golden Hind", "crew": [
          { "name": "Rum", "rank": "captain", "days": 100, "wage": 3 }, { "name": "Pollard", "rank": "sailor", "days": 90, "wage": 1 },
          { "name": "Legs", "rank": "sailor", "days": 80, "wage": 1.5 }, { "name": "Boggis", "rank": "cook", "days": 0, "wage": 2 }] }
        """
      Then the execution completed after "The ship is home", "Each sailor", "Came back", "Wages", "By rank", "Pay sheet", "Bill"
      And its result is
        """
        [{ "ship": "Golden Hind", "total": 510, "ranks": [
          { "rank": "captain", "sum_pay": 300, "unique_count_name": 1, "concatenated_name": "Rum" },
          { "rank": "sailor", "sum_pay": 210, "unique_count_name": 2, "concatenated_name": "Pollard, Legs" }] }]
        """

    Scenario: Nobody came back
      Given Ada has the workflow "Pay the crew"
      When Ada executes "Pay the crew" with {"ship": "Mary Rose", "crew": [{"name": "Boggis", "rank": "cook", "days": 0, "wage": 2}]}
      Then the execution completed after "The ship is home", "Each sailor", "Came back"
      And its result is
        """
        []
        """
      And "Bill" never started
