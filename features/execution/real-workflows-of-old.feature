@flow:hive-workflow-execution-flow
Feature: Workflows from long ago and far away
  Many workflows were drawn years ago, under rules that have changed since, by people on whose wall hangs another clock.
  Their authors are long gone: nobody would notice at once if a workflow of theirs did something else here.

  Background:
    Given Ada administers Acme

  Rule: A workflow runs by the rules of the time in which it was drawn

    Scenario Outline: Dinner with <dish>
      Given Ada has the workflow "Lay the table"
      When Ada executes "Lay the table" with <guests>
      Then the execution completed after "Dinner bell", "Count the guests", "Plates", "Spoons", "Polish the plates", "Polish the spoons", "Table", "Any vegetables", "<dish>"
      And its result is
        """
        <table>
        """
      And "<other dish>" never started

      Examples:
        | guests                                                       | dish       | other dish | table                                                                                      |
        | [{"name": "Bob"}]                                            | Only gravy | Turnips    | [{"guests": 1, "vegetables": false, "plates": 1, "shine": 2, "spoons": 2, "spare": false}] |
        | [{"name": "Bob"}, {"name": "Percy"}, {"name": "the Bishop"}] | Turnips    | Only gravy | [{"guests": 3, "vegetables": true, "plates": 3, "shine": 6, "spoons": 4, "spare": true}]   |

    Scenario: The same workflow under today's rules finishes one branch before it begins the next
      Given Ada has the workflow "Lay the table", drawn for the order v1
      When Ada executes "Lay the table" with [{"name": "Bob"}]
      Then the execution completed after "Dinner bell", "Count the guests", "Plates", "Polish the plates", "Spoons", "Polish the spoons", "Table", "Any vegetables", "Only gravy"

    Scenario: The old rules also run the branch that was not chosen, because somebody waits for it
      Given Ada has the workflow "Gravy or custard"
      When Ada executes "Gravy or custard" with {"dish": "beef"}
      Then the execution completed after "Supper", "Meat today", "Stir gravy", "Stir custard", "Serve"
      And its result is
        """
        [{ "dish": "beef", "sauce": "gravy" }, { "sauce": "custard" }]
        """

    Scenario Outline: Under today's rules there is <sauce> with the <dish>, and no <other>
      Given Ada has the workflow "Gravy or custard", drawn for the order v1
      When Ada executes "Gravy or custard" with {"dish": "<dish>"}
      Then the execution completed after "Supper", "Meat today", "Stir <sauce>", "Serve"
      And its result is
        """
        [{ "dish": "<dish>", "sauce": "<sauce>" }]
        """
      And "Stir <other>" never started

      Examples:
        | dish    | sauce   | other   |
        | beef    | gravy   | custard |
        | crumble | custard | gravy   |

  Rule: A day is a day in the workflow's time zone

    Scenario Outline: High water of <day>
      Given Ada has the workflow "Tides of the week"
      When Ada executes "Tides of the week" with {"highWater": "<high water>"}
      Then its result is
        """
        [{ "note": "<note>", "nextHigh": "<next>" }]
        """
      And "<other>" never started

      Examples: Nights in which the clocks change, and a day in which they do not
        | day                    | high water          | note                                                              | next                          | other             |
        | the short night        | 2026-03-29T01:30:00 | High water Sunday 01:30 +01:00, low 08:30 +02:00: bring a lantern | 2026-03-29T14:55:00.000+02:00 | Leave the lantern |
        | the long night         | 2026-10-25T01:10:00 | High water Sunday 01:10 +02:00, low 06:10 +01:00: bring a lantern | 2026-10-25T12:35:00.000+01:00 | Leave the lantern |
        | an afternoon in summer | 2026-06-29T13:30:00 | High water Monday 13:30 +02:00, low 19:30 +02:00                  | 2026-06-30T01:55:00.000+02:00 | Light the lantern |
