@flow:hive-jwt
Feature: What an access token says
  Other systems read our tokens, so a token says exactly what is documented, for exactly as long, and nobody can change
  a letter of it.

  Background:
    Given Ada administers Acme

  Rule: A token carries the documented claims and lives for a day

    @covers:hive-jwt/1
    Scenario: The claims of a token
      When Ada logs in with her password
      Then her access token has the claims sub, iat, exp, roles, permissions and tenant
      And no claims beyond these but the standard jti, iss and aud
      And it lives for 86400 seconds
      And it names Ada as its subject and Acme as its tenant

  Rule: Permissions are the union of all roles and direct grants

    @covers:hive-jwt/2
    Scenario Outline: What the roles give
      Given Dario has the roles <roles> at Acme
      When Dario logs in with his password
      Then his token's permissions are exactly <permissions>

      Examples: One role, two roles, none
        | roles             | permissions                                                                                  |
        | viewer            | workflows.view, executions.view, agents.view                                                 |
        | developer         | workflows.*, executions.*, agents.view, tasks.create, tasks.view, tasks.cancel               |
        | viewer, developer | workflows.*, executions.*, agents.view, tasks.create, tasks.view, tasks.cancel, workflows.view, executions.view |
        | no role           | nothing                                                                                      |

    @covers:hive-jwt/2
    Scenario: A direct grant is added to what the roles give
      Given Dario has the roles viewer at Acme and the direct grant "audit.view"
      When Dario logs in with his password
      Then his token's permissions are exactly workflows.view, executions.view, agents.view, audit.view

  Rule: A token that is too old or was touched is worth nothing

    @covers:hive-jwt/3
    Scenario Outline: Refused tokens
      When somebody uses <token>
      Then the answer is 401 with the code "<code>"

      Examples: Old, and touched
        | token                                             | code          |
        | Ada's token as it will be a second after its end  | TOKEN_EXPIRED |
        | Ada's token with another tenant written into it   | TOKEN_INVALID |
