@flow:hq-tenant-request
Feature: A request belongs to one tenant
  Every request is resolved to exactly one tenant before anything is done for it, and everything it does happens in that
  tenant's own schema. A request that is unclear about its tenant is refused, because a guess could show one customer's
  data to another.

  ```mermaid
  sequenceDiagram
    participant Client
    participant Gateway
    participant TenantResolver
    participant TenantOrchestrator
    participant TenantDatabase
    participant SharedAudit
    participant SharedMonitoring
    Client->>Gateway: Request with tenant id
    Gateway->>TenantResolver: Resolve tenant context
    TenantResolver->>TenantResolver: Validate tenant access
    TenantResolver-->>Gateway: Tenant configuration
    Gateway->>TenantOrchestrator: Route to tenant instance
    TenantOrchestrator->>SharedAudit: Log tenant attempt
    TenantOrchestrator->>TenantDatabase: Execute within tenant schema
    TenantDatabase-->>TenantOrchestrator: Tenant-specific data
    TenantOrchestrator->>SharedAudit: Log tenant activity
    TenantOrchestrator-->>Gateway: Tenant response
    Gateway->>SharedMonitoring: Record tenant metrics
    Gateway-->>Client: Isolated response
  ```

  Background:
    Given Ada administers Acme
    And Grace administers Globex

  Rule: An unclear tenant is no tenant

    @covers:hq-tenant-request/1
    Scenario: A header that disagrees with the token
      When Ada lists workflows in the name of Globex
      Then the answer is 403 with the code "TENANT_MISMATCH"
      And the security events of Acme have a "tenant.mismatch" by Ada

    @covers:hq-tenant-request/1
    Scenario: A tenant that does not exist
      When Ada lists workflows in the name of a tenant that nobody knows
      Then the answer is 404 with the code "TENANT_UNKNOWN"

    @covers:hq-tenant-request/1
    Scenario: No tenant at all
      When somebody lists workflows with a token that names no tenant
      Then the answer is 400 with the code "TENANT_REQUIRED"

    Scenario: A header that agrees with the token
      When Ada lists workflows in the name of Acme
      Then the answer is 200

  Rule: What a tenant does is accounted to that tenant

    @covers:hq-tenant-request/2
    Scenario: One request leaves one audit record and moves one counter
      When Ada creates the workflow "Order intake"
      Then the audit log of Acme has a success of "workflow.create" by Ada
      And the request counter of Acme for creating workflows has grown by one
      And the audit log of Globex has nothing by Ada
      And the request counter of Globex for creating workflows has not moved

    Scenario: What really happened is what the diagram says
      When Ada creates the workflow "Order intake"
      Then what happened matches the diagram

  Rule: A request works in its tenant's own schema

    @covers:hq-tenant-request/3
    Scenario: A row with the same id in another tenant's schema is never returned
      Given Ada has the workflow "Order intake"
      And a workflow with the same id but called "Stolen recipes" is planted in the schema of Globex
      When Ada asks for "Order intake"
      Then she is shown "Order intake"
      And Grace, asking for the same id, is shown "Stolen recipes"

    @covers:hq-tenant-request/3
    Scenario: What one tenant made is not in another's list
      Given Ada has the workflow "Order intake"
      When Grace lists workflows
      Then the answer is 200
      And the list is empty

    @covers:hq-tenant-request/3
    Scenario: A request has the rights of its tenant's own role, and no more
      Given Ada has the workflow "Order intake"
      And the database role of Acme may no longer read workflows
      When Ada asks for "Order intake"
      Then the answer is 500 with the code "INTERNAL_ERROR"
      And she is shown nothing of "Order intake"
      And Grace can still list workflows

  Rule: What a tenant sets for itself changes nothing for the others

    @covers:hq-tenant-request/4
    Scenario: A lower rate limit
      Given Ada sets a limit of 3 requests a minute for Acme
      When Ada and Grace each list workflows 5 times, on both engines in turn
      Then Ada was answered 200 at most 3 times and then 429 with the code "RATE_LIMITED"
      And Grace was answered 200 each time
