@flow:hq-client-channels
Feature: One public door for every client
  A script, a program and a browser get the same platform: the same requests, the same answers, the same records, which
  differ only in the channel that is written down. No client has a private door.

  Background:
    Given Ada administers Acme
    And Ada has the workflow "Order intake"

  Rule: The channel is recorded and changes nothing else

    Scenario Outline: An execution remembers through which channel it was started
      When Ada executes "Order intake" through a client that calls itself <client>
      Then the answer is 200
      And the stored execution was started through <channel>
      And its result is that of any other channel

      Examples: Raw HTTP, and clients that say who they are
        | client    | channel   |
        | nothing   | http      |
        | cli       | cli       |
        | sdk       | sdk       |
        | dashboard | dashboard |

    Scenario: A channel that is no name is not believed
      When Ada executes "Order intake" through a client that calls itself <script>
      Then the stored execution was started through http

  Rule: Every client is refused in the same words

    Scenario: A token that is none
      When somebody executes "Order intake" with a token that is none
      Then the answer is 401 with the code "TOKEN_INVALID"
      And the answer is an envelope with a code, a message and a request id
