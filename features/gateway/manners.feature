@flow:rabbit-api-gateway-pattern
Feature: The door speaks HTTP as the standards say
  Balancers, caches, browsers and people with a terminal all rely on the same manners: methods that are refused name
  those that work, every answer can be found again in the log, and what is not HTTP does no harm.

  Rule: A wrong method is told which ones are right

    Scenario: A method that an address does not answer
      When somebody sends DELETE /workflows
      Then the answer is 405 with the code "METHOD_NOT_ALLOWED"
      And the answer allows GET, POST, HEAD, OPTIONS

    Scenario: Asking for the methods of an address
      When somebody sends OPTIONS /api/agents
      Then the answer is 204
      And the answer allows POST, GET, HEAD, OPTIONS

    Scenario: HEAD gives the headers of GET and no body
      When somebody sends HEAD /openapi.json
      Then the answer is 200
      And the answer has the headers of GET and no body

  Rule: Every answer can be found again

    Scenario: A correlation that the client names is kept, in the answer and in the log
      Given Ada administers Acme
      When Ada lists workflows as part of "george-orders-pie"
      Then the answer belongs to "george-orders-pie"
      And the engine's log tells of that request, of Acme and of Ada

    Scenario: A correlation that is none is replaced by the request's own id
      When somebody sends GET /health/live as part of "{not a name}"
      Then the answer is 200
      And the answer belongs to the request itself

  Rule: What is not a request is answered all the same

    Scenario Outline: Bytes that make no sense
      When somebody sends <bytes>
      Then the bytes are answered <status> with the code "<code>"

      Examples: What arrives at open ports
        | bytes                          | status | code                |
        | a line that is no request      | 400    | MALFORMED_REQUEST   |
        | more headers than are allowed  | 431    | HEADERS_TOO_LARGE   |

    Scenario: A plain request to the door for sockets
      Given Ada administers Acme
      When Ada sends GET /ws
      Then the answer is 426 with the code "UPGRADE_REQUIRED"
