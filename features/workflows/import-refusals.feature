@flow:hive-input-validation
Feature: Documents that do not become workflows
  A file that was damaged on its way, or made to do harm, must not become half a workflow. Whoever sends one is told
  what is wrong and where, all of it at once, and afterwards everything is as it was before.

  Background:
    Given Ada administers Acme

  Rule: A workflow has a name of 3 to 255 characters

    @covers:hive-input-validation/1
    Scenario Outline: A name of <length> characters
      When Ada imports the workflow "Say hello" under a name of <length> characters
      Then the answer is 422 with the code "REQUEST_INVALID"
      And the refusal says "Name must be 3-255 characters"
      And no workflow of Acme was stored

      Examples:
        | length |
        | 2      |
        | 256    |

    @covers:hive-input-validation/1
    Scenario Outline: A name of <length> characters is long enough and not too long
      When Ada imports the workflow "Say hello" under a name of <length> characters
      Then the answer is 201

      Examples:
        | length |
        | 3      |
        | 255    |

  Rule: A workflow has nodes and connections

    @covers:hive-input-validation/2
    Scenario Outline: <document>
      When Ada imports <document>
      Then the answer is 422 with the code "REQUEST_INVALID"
      And the refusal says "Invalid n8n workflow format"
      And the refusal says "<reason>"
      And no workflow of Acme was stored

      Examples:
        | document                             | reason                              |
        | a workflow without nodes             | found an object without nodes       |
        | a workflow without connections       | found an object without connections |
        | a word                               | found text                          |
        | nothing at all                       | found null                          |
        | two workflows in a list              | found a list of 2                   |
        | keys in quotation marks of their own | expected an undamaged export        |

    Scenario Outline: <document>
      When Ada imports <document>
      Then the answer is 422 with the code "WORKFLOW_INVALID"
      And the refusal says "<reason>"
      And no workflow of Acme was stored

      Examples:
        | document                            | reason                                                           |
        | a workflow whose nodes are words    | n8n_data.nodes[0] is text, expected an object. 1 more are listed |
        | a node without a type               | n8n_data.nodes[0].type is missing, expected a node type          |
        | a connection to the billionth input | the number 1000000000, expected a whole number from 0 to 255     |

  Rule: Nobody needs to describe a workflow, and everything that is wrong is told at once

    @covers:hive-input-validation/3
    Scenario: A workflow without a description
      When Ada imports the workflow "Say hello"
      Then the answer is 201
      And "Say hello" is stored without a description

    @covers:hive-input-validation/3
    Scenario: A bad name and a bad document
      When Ada imports a workflow without connections under the name "x"
      Then the answer is 422 with the code "REQUEST_INVALID"
      And the refusal names "Name must be 3-255 characters" and "Invalid n8n workflow format"
      And no workflow of Acme was stored

  Rule: A document that means harm does none

    Scenario Outline: <document>
      When Ada imports <document>
      Then the answer is <status> with the code "<code>"
      And the refusal says "<reason>"
      And no workflow of Acme was stored

      Examples:
        | document                                   | status | code             | reason                                             |
        | a hundred thousand nodes                   | 422    | WORKFLOW_INVALID | at most 2000 nodes                                 |
        | a hundred levels of nesting                | 422    | WORKFLOW_INVALID | at most 64 levels                                  |
        | a hundred thousand levels of nesting       | 422    | REQUEST_INVALID  | at most 200 levels of nesting                      |
        | a node that would change every object      | 422    | WORKFLOW_INVALID | n8n_data.nodes[0] is an object with a forbidden    |
        | connections that would change every object | 422    | WORKFLOW_INVALID | n8n_data.connections is an object with a forbidden |
        | a workflow with words after its end        | 400    | MALFORMED_JSON   | The body is not JSON                               |
