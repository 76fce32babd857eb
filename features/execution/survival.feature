@flow:hq-standard-execution @own-engines
Feature: Executions survive the death of an engine
  Machines die in the middle of things. A customer must never find an execution that hangs for ever, a step that is
  forgotten, or a card that is charged twice because of it. What was recorded before the crash is kept and never done
  again; the step that was under way is done again under the same key, so that the other side can tell.

  Background:
    Given the platform runs on two engines of its own
    And Ada administers Acme
    And Ada has the workflow "Ship an order"

  Rule: Another engine finishes what a killed one began

    @covers:hq-standard-execution/5
    Scenario: The engine is killed while a step waits for an answer
      Given an execution of "Ship an order" is waiting for "/charge"
      When the engine that carries it is killed
      Then the other engine takes the execution up again
      And the execution completes once "/charge" is let go
      And "/reserve" was called once
      And "/charge" was called twice with the same idempotency key
      And "/ship" was called once
      And the audit trail shows each hook once, in order

    Scenario: Every engine is killed, and one is started again
      Given an execution of "Ship an order" is waiting for "/ship"
      When all engines are killed and one is started again
      Then the execution completes once "/ship" is let go
      And "/reserve" was called once
      And "/charge" was called once
      And its stored steps are "When an order is paid", "Reserve pies", "Charge card", "Ship parcel", each once

  Rule: A process that lost its executions cannot write to them any more

    Scenario: A frozen engine wakes up after another took over
      Given an execution of "Ship an order" is waiting for "/charge"
      When the engine that carries it freezes until the other one has taken over, and wakes up again
      Then the execution completes once "/charge" is let go
      And its stored steps are "When an order is paid", "Reserve pies", "Charge card", "Ship parcel", each once
      And "/ship" was called once

  Rule: An engine that is told to stop leaves nothing behind

    Scenario: The operator restarts an engine in the middle of an execution
      Given an execution of "Ship an order" is waiting for "/reserve"
      When the operator stops the engine that carries it
      Then the execution completes once "/reserve" is let go
      And its stored steps are "When an order is paid", "Reserve pies", "Charge card", "Ship parcel", each once
