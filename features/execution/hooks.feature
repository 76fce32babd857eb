@flow:hq-hook-events
Feature: Hook events
  Whoever extends or audits the platform hangs on five moments of an execution. They come in a fixed order, each
  exactly once, and every one of them has its audit record: an auditor can rebuild the execution from these alone.

  Background:
    Given Ada administers Acme

  Rule: A successful execution fires two hooks a step, and one at either end

    @covers:hq-hook-events/1
    Scenario: Three steps give eight hooks and eight audit records
      Given Ada has the workflow "Order intake"
      When Ada executes "Order intake"
      Then the audit trail of the execution is
        | hook              | node                  | audit record          |
        | workflow:start    |                       | Log Workflow Start    |
        | task:will:call    | When an order arrives | Log Task Start        |
        | task:did:call     | When an order arrives | Log Task Complete     |
        | task:will:call    | Add total             | Log Task Start        |
        | task:did:call     | Add total             | Log Task Complete     |
        | task:will:call    | Thank customer        | Log Task Start        |
        | task:did:call     | Thank customer        | Log Task Complete     |
        | workflow:complete |                       | Log Workflow Complete |
      And its sequence numbers grow without gaps
      And handlers of hooks were called 1 time for workflow:start, 3 times for task:will:call, 3 times for task:did:call and 1 time for workflow:complete

  Rule: A retry is a new call of the task, not an error

    @covers:hq-hook-events/2
    Scenario: A task that succeeds at the second attempt
      Given Ada has the workflow "Ask the weather"
      And the web service fails once and then answers "/weather"
      When Ada executes "Ask the weather"
      Then the audit trail of the execution is
        | hook              | node          | audit record          |
        | workflow:start    |               | Log Workflow Start    |
        | task:will:call    | Every morning | Log Task Start        |
        | task:did:call     | Every morning | Log Task Complete     |
        | task:will:call    | Look outside  | Log Task Start        |
        | task:will:call    | Look outside  | Log Task Start        |
        | task:did:call     | Look outside  | Log Task Complete     |
        | workflow:complete |               | Log Workflow Complete |
      And "/weather" was called twice

  Rule: A failure that ends the execution is told once, and nothing claims success

    @covers:hq-hook-events/3
    Scenario: A task that cannot succeed
      Given Ada has the workflow "Refuse the order"
      When Ada executes "Refuse the order"
      Then the audit trail of the execution is
        | hook           | node                  | audit record       |
        | workflow:start |                       | Log Workflow Start |
        | task:will:call | When an order arrives | Log Task Start     |
        | task:did:call  | When an order arrives | Log Task Complete  |
        | task:will:call | Say no                | Log Task Start     |
        | error:occurred | Say no                | Log Error          |
