@flow:rabbit-api-gateway-pattern
Feature: Every request passes the same stages, in the same order
  A request is asked who it comes from before anybody reads what it says, and only a request that passed every stage
  reaches a room. A stranger therefore learns nothing from how their request is refused, and costs next to nothing.

  Background:
    Given Ada administers Acme
    And Grace administers Globex
    And Vera is a viewer of Acme

  Rule: Of two things that are wrong, the one that is looked at first is told

    @covers:rabbit-api-gateway-pattern/1
    Scenario Outline: A change of a workflow in which two things are wrong
      When somebody changes a workflow with <first> and <second>
      Then the answer is <status> with the code "<code>"

      Examples: From the outermost stage inwards
        | first                       | second                         | status | code               |
        | no token                    | a body that is not JSON        | 401    | TOKEN_MISSING      |
        | a token of nobody           | a body of plain text           | 401    | TOKEN_INVALID      |
        | a token of nobody           | a tenant that nobody knows     | 401    | TOKEN_INVALID      |
        | a tenant that nobody knows  | a spent budget                 | 404    | TENANT_UNKNOWN     |
        | the name of another tenant  | a missing permission           | 403    | TENANT_MISMATCH    |
        | a spent budget              | a missing permission           | 429    | RATE_LIMITED       |
        | a spent budget              | a body that is not JSON        | 429    | RATE_LIMITED       |
        | a missing permission        | a body that is not JSON        | 403    | PERMISSION_MISSING |
        | a body that is not JSON     | an id that is none             | 400    | MALFORMED_JSON     |
        | a body of plain text        | an id that is none             | 415    | MEDIA_TYPE_UNSUPPORTED |
        | a body without its fields   | an id that nobody has          | 422    | REQUEST_INVALID    |
        | an id that nobody has       | nothing else                   | 404    | WORKFLOW_UNKNOWN   |

    @covers:rabbit-api-gateway-pattern/1
    Scenario: An address that leads nowhere is refused in the same envelope
      When somebody sends GET /pies/of/the/day
      Then the answer is 404 with the code "ROUTE_UNKNOWN"
      And the answer is an envelope with a code, a message and a request id

  Rule: Who passes the token and the budget reaches the room, and nobody else does

    @flow:hq-gateway-chain @covers:hq-gateway-chain/1
    Scenario: Without a token
      When somebody changes a workflow with no token and nothing else
      Then the answer is 401 with the code "TOKEN_MISSING"

    @flow:hq-gateway-chain @covers:hq-gateway-chain/1
    Scenario: With a token, beyond the budget
      When somebody changes a workflow with a spent budget and nothing else
      Then the answer is 429 with the code "RATE_LIMITED"
      And the answer says when to try again

    @flow:hq-gateway-chain @covers:hq-gateway-chain/1
    Scenario: With a token, within the budget
      When Ada creates the workflow "Order intake"
      Then the answer is 201
      And "Order intake" is stored in version 1, active
