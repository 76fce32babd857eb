@flow:hive-workflow-events
Feature: Watching an execution
  A person who watches an execution sees each step as it is done, not a burst at the end, and never a step that could
  still be lost. Whoever comes late is told what happened so far, and nobody sees another's execution.

  Background:
    Given Ada administers Acme
    And Ada has the workflow "Ship an order"

  Rule: Watchers are told of each step while the execution goes on

    @covers:hive-workflow-events/1
    Scenario: One event for each step, in order, as it happens
      Given an execution of "Ship an order" is waiting for "/charge"
      And Ada watches the execution from another engine
      When the web service lets "/charge" and then "/ship" go, each after Ada was told of the step before
      Then Ada was told
        | event               | node                  |
        | execution_started   |                       |
        | node_completed      | When an order is paid |
        | node_completed      | Reserve pies          |
        | node_completed      | Charge card           |
        | node_completed      | Ship parcel           |
        | execution_completed |                       |
      And the told progress never fell
      And "Charge card" was told with the result {"charged": true}

  Rule: A failing execution ends with an error and nothing else

    @covers:hive-workflow-events/2
    Scenario: The watcher learns which node failed and why
      Given an execution of "Ship an order" is waiting for "/charge"
      And Ada watches the execution from another engine
      When the web service refuses "/charge"
      Then Ada was told
        | event             | node                  |
        | execution_started |                       |
        | node_completed    | When an order is paid |
        | node_completed    | Reserve pies          |
        | error             | Charge card           |
      And the told error says "Payment required"

  Rule: Latecomers miss nothing, strangers see nothing

    @covers:hive-workflow-events/3
    Scenario: Somebody who comes late is told what happened before
      Given Ada has the workflow "Order intake"
      And Ada executed "Order intake"
      When Ada watches the execution from another engine
      Then Ada was told
        | event               | node                  |
        | execution_started   |                       |
        | node_completed      | When an order arrives |
        | node_completed      | Add total             |
        | node_completed      | Thank customer        |
        | execution_completed |                       |

    @covers:hive-workflow-events/3
    Scenario: Another tenant cannot watch
      Given Grace administers Globex
      And an execution of "Ship an order" is waiting for "/reserve"
      When Grace tries to watch the execution
      Then Grace is told that she may not watch it
      And Grace is told nothing of the execution when "/reserve" is let go

    @covers:hive-workflow-events/3
    Scenario: Watching one execution shows nothing of another one
      Given Ada has the workflow "Order intake"
      And Ada executed "Order intake" and watches that execution
      When Ada executes "Order intake" again
      Then Ada was told only of the first execution
