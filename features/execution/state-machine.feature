@flow:rabbit-state-machine
Feature: The phases of an execution
  Support and dashboards read one word to know how an execution stands. That word only ever moves along the arrows of
  this picture, and the database itself refuses any other move, so a word that is shown can be believed.

  ```mermaid
  stateDiagram-v2
    [*] --> PENDING: start execution
    PENDING --> RUNNING: initialise context, queue
    RUNNING --> TRANSITIONING: state executed
    RUNNING --> RECOVERING: error
    RECOVERING --> RUNNING: recovered
    RECOVERING --> COMPLETED: recovery failed
    TRANSITIONING --> RUNNING: next state
    TRANSITIONING --> COMPLETED: no next state
    COMPLETED --> [*]
  ```

  Background:
    Given Ada administers Acme

  Rule: An execution moves through its phases along the arrows only

    @covers:rabbit-state-machine/1
    Scenario: Two states, one after the other
      Given Ada has the workflow "Say hello"
      When Ada executes "Say hello"
      Then its phases were PENDING, RUNNING, TRANSITIONING, RUNNING, TRANSITIONING, COMPLETED
      And each of these moves is an arrow of the picture

    @covers:rabbit-state-machine/2
    Scenario: A state that recovers
      Given Ada has the workflow "Ask the weather"
      And the web service fails once and then answers "/weather"
      When Ada executes "Ask the weather"
      Then its phases were PENDING, RUNNING, TRANSITIONING, RUNNING, RECOVERING, RUNNING, TRANSITIONING, COMPLETED
      And the execution completed after "Every morning", "Look outside"

    @covers:rabbit-state-machine/2
    Scenario: A state that does not recover
      Given Ada has the workflow "Ask the weather"
      And the web service never answers "/weather" well
      When Ada executes "Ask the weather"
      Then its phases were PENDING, RUNNING, TRANSITIONING, RUNNING, RECOVERING, RUNNING, RECOVERING, COMPLETED
      And the execution failed at "Look outside"

  Rule: The database refuses what the picture does not show

    @covers:rabbit-state-machine/3
    Scenario Outline: Nobody can write an illegal change, whatever their code thinks
      Given Ada has the workflow "Say hello"
      And Ada executed "Say hello"
      When somebody writes to the database that the execution went from <from> to <to>
      Then the database refuses it as an illegal phase change

      Examples: Moves that are no arrows
        | from      | to            |
        | PENDING   | TRANSITIONING |
        | COMPLETED | RUNNING       |
        | COMPLETED | PENDING       |
        | RUNNING   | COMPLETED     |

  Rule: Every end is audited and counted, a bad one too

    @covers:rabbit-state-machine/4
    Scenario Outline: An execution that ends is accounted for
      Given Ada has the workflow "<workflow>"
      When Ada executes "<workflow>"
      Then the audit log of Acme has one outcome "<outcome>" of that execution
      And the count of "<status>" executions of Acme has grown by one

      Examples: Both ends
        | workflow         | outcome | status    |
        | Say hello        | success | completed |
        | Refuse the order | failure | failed    |
