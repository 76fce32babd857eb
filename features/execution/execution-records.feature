@flow:hive-db-executions
Feature: What is kept of an execution
  Months later somebody asks what was run, with what, and how it ended. The record answers: it starts pending, says when
  it began, and ends with either a result or a reason, never with neither and never with the input touched.

  Background:
    Given Ada administers Acme

  Rule: A record begins pending and ends with a result or a reason

    @covers:hive-db-executions/1
    Scenario: The record of a good end
      Given Ada has the workflow "Order intake"
      When Ada executes "Order intake"
      Then the record went from pending to running to completed
      And it holds when it started and when it completed, in that order
      And it holds a result and no error

    @covers:hive-db-executions/1
    Scenario: The record while the execution goes on
      Given Ada has the workflow "Ship an order"
      When an execution of "Ship an order" is waiting for "/charge"
      Then the record says running, when it started, and neither an end nor a result

    @covers:hive-db-executions/1
    Scenario: The record of a bad end
      Given Ada has the workflow "Refuse the order"
      When Ada executes "Refuse the order"
      Then the record went from pending to running to recovering to failed
      And it holds when it started and when it completed, in that order
      And it holds the error "We are out of pies" and no result

    @covers:hive-db-executions/1
    Scenario: The database does not take a record that ended with neither
      Given Ada has the workflow "Order intake"
      And Ada executed "Order intake"
      When somebody removes the result from the record
      Then the database refuses it as an end without result or error

  Rule: The input is kept as it was given

    @covers:hive-db-executions/2
    Scenario Outline: Whatever JSON was given stands in the record
      Given Ada has the workflow "Order intake"
      When Ada executes "Order intake" with <input>
      Then the record holds exactly that input

      Examples: Plain and odd
        | input                                                  |
        | {"pies": 3, "note": "with \"gravy\" and ünïcödé 🥧"}     |
        | {"nested": {"list": [1, 2.5, null, true, []]}, "": ""}  |
        | [{"pies": 1}, {"pies": 2}]                              |
        | {}                                                      |
