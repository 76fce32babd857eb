@flow:hive-ws-messages
Feature: Messages on a socket are understood or refused, one by one
  Clients are written by people who will send something wrong. A wrong message costs that message and nothing else: its
  sender is told why, under the id that they gave it, and everything else that they watch goes on.

  Background:
    Given Ada administers Acme
    And Ada is connected

  Rule: What is not understood is refused, and the connection stays

    @covers:hive-ws-messages/1
    Scenario Outline: Messages that make no sense
      When Ada sends over the socket <message>
      Then she is refused with "<code>"
      And Ada's ping is answered

      Examples: From noise to nearly right
        | message                        | code                   |
        | noise                          | SOCKET_MESSAGE_INVALID |
        | bytes                          | SOCKET_MESSAGE_INVALID |
        | a list                         | SOCKET_MESSAGE_INVALID |
        | an unknown type                | SOCKET_MESSAGE_INVALID |
        | a subscription without a topic | SOCKET_MESSAGE_INVALID |
        | a subscription to noise        | TOPIC_MALFORMED        |

    @covers:hive-ws-messages/1
    Scenario: A refusal bears the id of what it refuses
      When Ada sends over the socket an unknown type called "msg_pie"
      Then the refusal answers "msg_pie"

    Scenario: A message that is too large ends the connection, as the protocol asks
      When Ada sends over the socket more than a message may hold
      Then Ada's connection is closed with 1009

  Rule: A ping is answered under its own id

    @covers:hive-ws-messages/1
    Scenario: Ping and pong
      When Ada sends over the socket a ping called "msg_1" and a ping called "msg_2"
      Then she is answered by a pong to "msg_1" and then a pong to "msg_2"

  Rule: Every message can be told from every other

    @covers:hive-ws-messages/3
    Scenario: Ids and times of a whole execution
      Given Ada has the workflow "Order intake"
      And Ada executed "Order intake"
      When Ada watches the execution
      Then the end of the execution is told
      And every message she was told has an id of its own and a time in UTC

  Rule: People watch what is theirs, for as long as they like

    @flow:hive-ws-topics @covers:hive-ws-topics/2
    Scenario Outline: Topics that somebody may not watch
      Given Grace administers Globex
      And Grace has the workflow "Order intake"
      And Grace executed "Order intake"
      When Ada subscribes to <topic>
      Then she is refused with "<code>"
      And the security events of Acme <record>

      Examples: Others' topics, and no topics
        | topic                     | code            | record                          |
        | Grace's own topic         | TOPIC_FORBIDDEN | have a "topic.denied" by Ada    |
        | Grace's execution         | TOPIC_FORBIDDEN | have a "topic.denied" by Ada    |
        | something that is none    | TOPIC_MALFORMED | have none by Ada                |

    @flow:hive-ws-topics @covers:hive-ws-topics/3
    Scenario: After the end of a subscription nothing more is told
      Given Ada has the workflow "Ship an order"
      And an execution of "Ship an order" is waiting for "/charge"
      And Ada watches the execution and is told that "Reserve pies" is done
      When Ada unsubscribes from the execution
      Then nothing more is told of the execution, although it goes on once "/charge" is let go

    Scenario: Subscribing again tells only what came after what one has seen
      Given Ada has the workflow "Order intake"
      And Ada executed "Order intake"
      And Ada watches the execution and is told that "Add total" is done
      When Ada subscribes again after the step "Add total"
      Then she is told of "Thank customer" again, and not of "Add total"

    Scenario: One connection watches so many topics and no more
      Given Ada has the workflow "Order intake"
      And Ada executed "Order intake", and 100 more executions like it are stored
      When Ada subscribes to all of them
      Then she is refused with "TOPIC_LIMIT"
      And Ada's ping is answered
