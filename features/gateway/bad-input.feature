@flow:hive-input-validation
Feature: Whatever is sent, the answer says what is wrong with it, and nothing is half done
  Clients make mistakes and attackers make worse ones. Every operation that the served description names refuses what
  does not fit with the right status, a code to branch on and the place of the fault, so that a person can put it right
  without reading our code. The requests below are derived from the description: a new operation is tried as well.

  Background:
    Given Ada administers Acme
    And Mallory may do everything at Acme, without a role

  Rule: What cannot be read is refused before it is looked at

    Scenario Outline: Unreadable requests
      When Mallory sends <fault> wherever the description has a place for it
      Then each is answered <status> with the code "<code>", as the description says
      And nothing was written for Acme

      Examples: Bodies, and addresses
        | fault                                          | status | code                   |
        | a body that is not JSON                        | 400    | MALFORMED_JSON         |
        | a body of plain text                           | 415    | MEDIA_TYPE_UNSUPPORTED |
        | a body that says it is compressed and is not   | 400    | BODY_INCOMPLETE        |
        | a body in a compression that nobody knows      | 415    | MEDIA_TYPE_UNSUPPORTED |
        | a body of more than is allowed                 | 413    | BODY_TOO_LARGE         |
        | an address that cannot be decoded              | 400    | MALFORMED_PATH         |

  Rule: What does not fit is refused with the place, what was found and what was expected

    Scenario Outline: Requests that do not fit
      When Mallory sends <fault> wherever the description has a place for it
      Then each is answered <status> with the code "<code>", as the description says
      And each answer names the place of the fault, what was found and what was expected
      And nothing was written for Acme

      Examples: Bodies, fields, addresses and queries
        | fault                                | status | code            |
        | a list instead of an object          | 422    | REQUEST_INVALID |
        | no body where one is needed          | 422    | REQUEST_INVALID |
        | a body without a required field      | 422    | REQUEST_INVALID |
        | a field of the wrong type            | 422    | REQUEST_INVALID |
        | a field that nobody knows            | 422    | REQUEST_INVALID |
        | text that cannot be stored           | 422    | REQUEST_INVALID |
        | nesting without end                  | 422    | REQUEST_INVALID |
        | an address part of the wrong form    | 422    | REQUEST_INVALID |
        | a query of the wrong form            | 422    | REQUEST_INVALID |

    Scenario: A secret in a bad request does not come back in the answer
      When somebody logs in with a password in a field that nobody knows
      Then the answer is 422 with the code "REQUEST_INVALID"
      And the password is nowhere in the answer

  Rule: A workflow has a name that people can read

    @covers:hive-input-validation/1
    Scenario Outline: Names that are too short, too long and just right
      When Ada creates a workflow whose name has <length> characters
      Then the answer is <status>
      And the answer says "<words>"
      And <stored> workflows of Acme are stored

      Examples: On both sides of both limits
        | length | status | words                         | stored |
        | 2      | 422    | Name must be 3-255 characters | 0      |
        | 3      | 201    |                               | 1      |
        | 255    | 201    |                               | 1      |
        | 256    | 422    | Name must be 3-255 characters | 0      |

  Rule: A workflow has nodes and connections, and all its faults are told together

    @covers:hive-input-validation/2
    Scenario Outline: Documents that are no workflow
      When Ada creates a workflow <without>
      Then the answer is 422 with the code "REQUEST_INVALID"
      And the answer says "Invalid n8n workflow format"
      And 0 workflows of Acme are stored

      Examples: What is missing
        | without                          |
        | without nodes                    |
        | without connections              |
        | without nodes and connections    |

    @covers:hive-input-validation/3
    Scenario: A workflow needs no description
      When Ada creates a workflow without a description
      Then the answer is 201
      And 1 workflows of Acme are stored

    @covers:hive-input-validation/3
    Scenario: Three faults at once are told in one answer
      When Ada creates a workflow with a short name, without nodes and with a field that nobody knows
      Then the answer is 422 with the code "REQUEST_INVALID"
      And the faults are at "body.name", "body.n8n_data", "body.pie"
      And 0 workflows of Acme are stored
