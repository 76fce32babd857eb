@flow:hive-workflow-execution-flow
Feature: Workflows that ask the services of others
  Most workflows exist to ask somebody else's service, item by item, and to cope when it does not answer. A question too
  many costs somebody money, and a question too few leaves a ship in the dark: each is asked as often as the drawing says.

  Background:
    Given Ada administers Acme

  Rule: A loop asks once an item and knows which one it is at

    Scenario: Three letters are stamped one after the other
      Given Ada has the workflow "Stamp the letters"
      And the web service answers "/postage" with
        | body          |
        | {"pence": 2}  |
        | {"pence": 7}  |
        | {"pence": 30} |
      When Ada executes "Stamp the letters" with
        """
        [{ "to": "Bob", "grams": 10, "country": "England" }, { "to": "the Bishop", "grams": 900, "country": "England" },
         { "to": "Ivan", "grams": 20, "country": "Russia" }]
        """
      Then its result is
        """
        [{ "letters": [{ "to": "Bob", "pence": 2, "number": 1 }, { "to": "the Bishop", "pence": 7, "number": 2 }, { "to": "Ivan", "pence": 30, "number": 3 }],
           "pence": 39, "nothingLeft": true }]
        """
      And the web service was asked for "/postage" with
        | grams | abroad |
        | 10    | false  |
        | 900   | false  |
        | 20    | true   |
      And "One letter at a time" ran 4 times
      And "Post bag" ran once

    Scenario: One letter goes round once
      Given Ada has the workflow "Stamp the letters"
      And the web service answers "/postage" with
        | body         |
        | {"pence": 2} |
      When Ada executes "Stamp the letters" with [{"to": "Bob", "grams": 10, "country": "England"}]
      Then the execution completed after "Post office opens", "One letter at a time", "Ask the postage", "Stick the stamp", "One letter at a time", "Post bag"
      And its result is
        """
        [{ "letters": [{ "to": "Bob", "pence": 2, "number": 1 }], "pence": 2, "nothingLeft": true }]
        """

  Rule: What failed goes its own way, and the rest goes on

    Background:
      Given Ada has the workflow "Round of the lighthouses"
      And the web service answers "/lights/Eddystone" with
        | body              |
        | {"colour": "red"} |
      And the web service answers "/lights/Fastnet" with
        | body                |
        | {"colour": "green"} |
      And the web service answers "/lights/Skerryvore" with
        | status | body                     |
        | 503    | {"error": "nobody home"} |
      And the web service answers "/boat" with
        | body              |
        | {"boat": "Grace"} |

    Scenario: A boat is sent to the light that does not answer
      When Ada executes "Round of the lighthouses" with
        """
        [{ "light": "Eddystone", "keeper": "Henry" }, { "light": "Skerryvore", "keeper": "Alan" }, { "light": "Fastnet", "keeper": "Niamh" }]
        """
      Then the execution completed after "Night falls", "Keepers", "Call the light", "Shining", "Send the boat", "Dark", "Logbook"
      And its result is
        """
        [{ "line": "Henry keeps Eddystone at red" }, { "line": "Niamh keeps Fastnet at green" },
         { "line": "Skerryvore is dark, Grace is on her way to Alan" }]
        """
      And the web service was asked for "/boat" with
        | to         |
        | Skerryvore |

    Scenario: No boat is sent when all lights answer
      When Ada executes "Round of the lighthouses" with [{"light": "Eddystone", "keeper": "Henry"}, {"light": "Fastnet", "keeper": "Niamh"}]
      Then the execution completed after "Night falls", "Keepers", "Call the light", "Shining", "Logbook"
      And the web service was never asked for "/boat"
      And "Dark" never started

  Rule: A node can be told to work once, and to go on with nothing

    Scenario: Fur in two rooms opens one tin
      Given Ada has the workflow "Look for the cat"
      And the web service answers "/tin" with
        | body                |
        | {"fish": "sardine"} |
      When Ada executes "Look for the cat" with [{"room": "attic", "fur": false}, {"room": "cellar", "fur": true}, {"room": "library", "fur": true}]
      Then its result is
        """
        [{ "news": "Came to the sardine in the cellar" }]
        """
      And the web service was asked for "/tin" with
        | room   |
        | cellar |
      And "Ask next door" never started

    Scenario: No fur at all is still an answer
      Given Ada has the workflow "Look for the cat"
      When Ada executes "Look for the cat" with [{"room": "attic", "fur": false}, {"room": "cellar", "fur": false}]
      Then the execution completed after "The cat is missing", "Rooms with fur", "Any fur", "Ask next door"
      And its result is
        """
        [{ "news": "No fur in 2 rooms" }]
        """
      And the web service was never asked for "/tin"
