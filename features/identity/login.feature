@flow:sys-login
Feature: Login with credentials
  People log in with an e-mail address and a password and get tokens that work at once and can be taken back at once.
  Whoever guesses learns nothing: not even whether the account exists.

  ```mermaid
  sequenceDiagram
    participant User
    participant Frontend
    participant Auth
    participant DB
    participant Redis
    Frontend->>Auth: Send credentials
    Auth->>DB: Validate user
    DB-->>Auth: User valid
    Auth->>Redis: Store session
    Auth-->>Frontend: Send tokens
  ```

  Background:
    Given Ada administers Acme

  Rule: The right password opens a session

    @covers:sys-login/1
    Scenario: Ada logs in
      When Ada logs in with her password
      Then the answer is 200
      And she holds an access token and a refresh token
      And her session is kept in Redis and expires there
      And her access token works on every engine

    Scenario: What really happened is what the diagram says
      When Ada logs in with her password
      Then what happened matches the diagram

  Rule: A wrong guess tells nothing

    @covers:sys-login/2
    Scenario: A wrong password and an unknown address are answered alike
      When a stranger tries a wrong password for Ada, and any password for an address that nobody has
      Then both are answered 401 with the same words
      And neither answer came much sooner than the other

    @covers:sys-login/2
    Scenario: Guessing again and again locks the account for a while
      When a stranger tries 6 wrong passwords for Ada
      Then the answer is 429 with the code "SIGN_IN_LOCKED"
      And the answer says when to try again
      And Ada's right password is refused meanwhile on every engine
      And the lock is in the audit log as a security event

  Rule: A refresh token works once

    @covers:sys-login/3
    Scenario: Refreshing gives new tokens and uses up the old one
      When Ada refreshes her tokens
      Then the answer is 200
      And her new access token works on every engine
      And the used refresh token is refused

    @covers:sys-login/3
    Scenario: A refresh token that is used twice ends the whole session
      Given Ada refreshed her tokens
      When somebody uses the old refresh token again
      Then the answer is 401 with the code "REFRESH_TOKEN_REUSED"
      And her new access token is refused on every engine
      And the reuse is in the audit log as a security event

  Rule: A session that is over is over everywhere, and one that is not survives a lost cache

    @covers:sys-login/3
    Scenario: Logging out makes the access token useless at once
      When Ada logs out
      Then her access token is refused on every engine
      And her session is no longer kept in Redis

    Scenario: Losing the cache logs nobody out and lets nobody back in
      Given Dario is a developer of Acme
      And Dario logged out
      When the sessions of Acme are lost from Redis
      Then Ada's access token works on every engine
      And Dario's access token is refused on every engine

  Rule: Passwords are not kept

    @covers:sys-login/4
    Scenario: What is stored of a password
      Given Dario is a developer of Acme with the same password as Ada
      Then what is stored of Ada's password is a slow, salted hash
      And it differs from what is stored of Dario's
      And neither holds the password
