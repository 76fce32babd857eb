@flow:hq-authn-authz
Feature: Two checks before anything happens
  The door checks who asks and what their token allows; the thing that is asked for checks again, by the rights of this
  very moment, whether it is theirs to use. Both answers are written down: the grant for the auditor, the denial for the
  people who watch for attacks.

  ```mermaid
  sequenceDiagram
    participant User
    participant Gateway
    participant AuthService
    participant RBAC
    participant WorkflowEngine
    participant AuditLogger
    participant ComplianceDB
    User->>Gateway: Request with JWT
    Gateway->>AuthService: Validate token
    AuthService->>AuthService: Verify signature
    AuthService->>RBAC: Get user permissions
    RBAC-->>AuthService: Permission set
    AuthService-->>Gateway: Auth result
    Gateway->>WorkflowEngine: Forward authorized request
    WorkflowEngine->>RBAC: Check resource access
    RBAC-->>WorkflowEngine: Access decision
    alt granted
      WorkflowEngine->>AuditLogger: Log access success
      AuditLogger->>ComplianceDB: Store audit record
      loop each step
        WorkflowEngine->>WorkflowEngine: Execute workflow
      end
      WorkflowEngine-->>Gateway: Workflow result
    else denied
      WorkflowEngine->>AuditLogger: Log access denial
      AuditLogger->>ComplianceDB: Store security event
      WorkflowEngine-->>Gateway: Access denied error
    end
    Gateway-->>User: Response
  ```

  Background:
    Given Ada administers Acme
    And Ada has the workflow "Order intake"

  Rule: Only a token that this platform signed, for now, is believed

    @covers:hq-authn-authz/1
    Scenario Outline: Forged and stale tokens
      When somebody executes "Order intake" with <token>
      Then the answer is 401 with the code "<code>"
      And no execution of Acme was stored

      Examples: What attackers try
        | token                                            | code          |
        | Ada's token with one byte of the signature flipped | TOKEN_INVALID |
        | Ada's token with the algorithm none              | TOKEN_INVALID |
        | Ada's claims signed with another key             | TOKEN_INVALID |
        | Ada's token as it will be a second after its end | TOKEN_EXPIRED |
        | Ada's refresh token                              | TOKEN_INVALID |

  Rule: A grant and a denial are written down, in different places

    @covers:hq-authn-authz/2
    Scenario: Granted access is a success in the audit log
      When Ada executes "Order intake"
      Then the answer is 200
      And the audit log of Acme has a grant of "workflows.execute" to Ada
      And the security events of Acme have none by Ada

    @covers:hq-authn-authz/2 @covers:hq-authn-authz/4
    Scenario: A developer is denied a workflow that is not theirs, by the second check
      Given Dario is a developer of Acme
      When Dario executes "Order intake"
      Then the answer is 403 with the code "ACCESS_DENIED"
      And the security events of Acme have a denial of "workflows.execute" to Dario
      And no execution of Acme was stored

    Scenario: Somebody of another tenant does not even learn that the workflow exists
      Given Grace administers Globex
      When Grace executes "Order intake"
      Then the answer is 404 with the code "WORKFLOW_UNKNOWN"
      And no execution of Acme was stored

    Scenario: A granted request goes as the diagram says
      When Ada executes "Order intake"
      Then what happened matches the diagram, in the branch "granted"

    Scenario: A denied request goes as the diagram says
      Given Dario is a developer of Acme
      When Dario executes "Order intake"
      Then the answer is 403
      And what happened matches the diagram, in the branch "denied"

  Rule: What counts is the right of this moment

    @covers:hq-authn-authz/3
    Scenario: A role that was taken away after the token was issued
      Given Dario is a developer of Acme
      And Dario has the workflow "Say hello"
      When Ada makes Dario a viewer and Dario executes "Say hello" with his old token
      Then the answer is 403 with the code "ACCESS_DENIED"
      And the security events of Acme have a denial of "workflows.execute" to Dario

    @covers:hq-authn-authz/3
    Scenario: The same token works while the role is kept
      Given Dario is a developer of Acme
      And Dario has the workflow "Say hello"
      When Dario executes "Say hello"
      Then the answer is 200
