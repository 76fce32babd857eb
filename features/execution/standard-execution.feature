@flow:hq-standard-execution
Feature: Standard workflow execution
  Whoever starts a workflow gets one honest answer: what ran, in which order, and what came out. Every step is stored
  before the platform tells anybody that it happened, so that no answer ever has to be taken back.

  ```mermaid
  sequenceDiagram
    participant Client
    participant Gateway
    participant Orchestrator
    participant TaskRegistry
    participant StateManager
    participant HookSystem
    participant AuditLogger
    participant Database
    Client->>Gateway: Execute workflow
    Gateway->>Gateway: Authenticate and authorize
    Gateway->>Orchestrator: Execute workflow request
    Orchestrator->>TaskRegistry: Load workflow definition
    TaskRegistry-->>Orchestrator: Workflow schema and steps
    Orchestrator->>StateManager: Initialize workflow state
    StateManager->>Database: Create workflow instance
    Database-->>StateManager: Instance stored
    Orchestrator->>HookSystem: Trigger workflow:start
    HookSystem->>AuditLogger: Log workflow start
    loop each step
      Orchestrator->>HookSystem: Trigger task:will:call
      HookSystem->>AuditLogger: Log task start
      Orchestrator->>TaskRegistry: Execute task
      TaskRegistry->>TaskRegistry: Validate input
      TaskRegistry->>TaskRegistry: Run task logic
      TaskRegistry-->>Orchestrator: Task result
      Orchestrator->>StateManager: Update state
      StateManager->>Database: Persist state
      Orchestrator->>HookSystem: Trigger task:did:call
      HookSystem->>AuditLogger: Log task completion
    end
    Orchestrator->>HookSystem: Trigger workflow:complete
    HookSystem->>AuditLogger: Log workflow completion
    Orchestrator->>StateManager: Finalize state
    StateManager->>Database: Update final state
    Orchestrator-->>Gateway: Workflow result
    Gateway-->>Client: Response
  ```

  Background:
    Given Ada administers Acme
    And Ada has the workflow "Order intake"

  Rule: A started workflow is answered with what happened

    @covers:hq-standard-execution/1
    Scenario: A workflow that runs well is answered with its result
      When Ada executes "Order intake" by naming it in the request, with
        """
        { "customer": "Mrs Miggins", "pies": 3, "price": 4.5 }
        """
      Then the answer is 200
      And the execution completed after "When an order arrives", "Add total", "Thank customer"
      And its result is
        """
        [{ "customer": "Mrs Miggins", "pies": 3, "price": 4.5, "total": 13.5, "message": "Thank you, Mrs Miggins: 13.50" }]
        """
      And the stored execution is in phase COMPLETED with the same result

    Scenario: Another order gives another result
      When Ada executes "Order intake" by naming it in the request, with
        """
        { "customer": "Baldrick", "pies": 1, "price": 0.25 }
        """
      Then its result is
        """
        [{ "customer": "Baldrick", "pies": 1, "price": 0.25, "total": 0.25, "message": "Thank you, Baldrick: 0.25" }]
        """

    Scenario Outline: Every documented form of the call does the same
      When Ada executes "Order intake" by the path <path>
      Then the execution completed after "When an order arrives", "Add total", "Thank customer"
      And the stored execution is in phase COMPLETED with the same result

      Examples: The workflow is named in the request
        | path                   |
        | /execute               |
        | /api/execute           |
        | /workflows/execute     |
        | /api/workflows/execute |

    Scenario: What really happened is what the diagram says
      When Ada executes "Order intake"
      Then what happened matches the diagram, with "each step" 3 times

    Scenario: A caller who does not want to wait is answered at once
      Given the web service holds back its answer to "/reserve"
      And Ada has the workflow "Ship an order"
      When Ada starts "Ship an order" without waiting
      Then the answer is 202
      And the execution is not over while "/reserve" is held back
      And the execution completes once "/reserve" is let go

  Rule: Each step is stored before anybody is told that it is done

    @covers:hq-standard-execution/2
    Scenario: The stored execution advances one step at a time
      Given Ada has the workflow "Ship an order"
      When "Ship an order" is executed for Ada while the web service lets one call pass at a time
      Then the stored execution had advanced like this
        | held back at | steps stored by then                      |
        | /reserve     | When an order is paid                      |
        | /charge      | When an order is paid, Reserve pies        |
        | /ship        | When an order is paid, Reserve pies, Charge card |
      And the stored result of each step precedes the audit record of its completion

  Rule: What cannot be run is not half run

    @covers:hq-standard-execution/3
    Scenario: A step with invalid input stops the execution there
      Given Ada has the workflow "Broken recipe"
      When Ada executes "Broken recipe"
      Then the execution failed at "Bake" because of "STEP_INPUT_INVALID"
      And the web service was never asked for "/oven"
      And "Serve" never started

    @covers:hq-standard-execution/4
    Scenario Outline: Whoever may not execute a workflow leaves no trace of one
      Given Vera is a viewer of Acme
      When <somebody> executes <something>
      Then the answer is <status> with the code "<code>"
      And no execution of Acme was stored

      Examples: Who asks, and for what
        | somebody | something           | status | code              |
        | nobody   | "Order intake"      | 401    | TOKEN_MISSING     |
        | Vera     | "Order intake"      | 403    | ROLE_NOT_ADMITTED |
        | Ada      | an unknown workflow | 404    | WORKFLOW_UNKNOWN  |
