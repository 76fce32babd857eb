@flow:hive-ws-connection
Feature: A connection that stays open stays honest
  A browser keeps one connection open for hours. Whoever opens it must say who they are, and the engine keeps asking: a
  person who was put out is put out here too, a client that hangs is let go, and what was missed while a cable was
  unplugged is told afterwards.

  Rule: Nobody is let in without a token

    @covers:hive-ws-connection/1
    Scenario Outline: Handshakes that are refused, before the protocol changes
      Given Ada administers Acme
      When somebody opens a socket with <proof>
      Then the handshake is refused with <status> and the code "<code>"

      Examples: Strangers, and pages of others
        | proof                                          | status | code             |
        | nothing                                        | 401    | TOKEN_MISSING    |
        | a token of nobody                              | 401    | TOKEN_INVALID    |
        | Ada's token, from a page of another address    | 403    | ORIGIN_FORBIDDEN |

    @covers:hive-ws-connection/1
    Scenario Outline: With a token the connection stands, wherever a client can put it
      Given Ada administers Acme
      When Ada opens a socket with her token <place>
      Then her ping is answered

      Examples: Programs set headers; browsers cannot
        | place                        |
        | in the header                |
        | as the protocol              |
        | in the address               |
        | in the header, from our page |

  Rule: Connections that have no reason to be open any more are closed

    @own-engines @covers:hive-ws-connection/2
    Scenario: A client that hangs
      Given an engine that looks after its connections every 500 ms
      And Ada administers Acme
      And Ada is connected
      When a client of Ada connects and then hangs
      Then the engine counts 2 connections, and then 1
      And the connection of the hanging client is gone, while the other one still answers

    @own-engines @covers:hive-ws-connection/3
    Scenario: A session that ends while the connection is open
      Given an engine that looks after its connections every 500 ms and gives tokens for 5 seconds
      And Ada administers Acme
      And Dario is a developer of Acme
      And Ada is connected
      And Dario is connected
      When Dario logs out
      Then Dario's connection is closed, because "SESSION_ENDED"
      And Ada's ping is answered
      And Ada's connection is closed when her token expires, because "TOKEN_EXPIRED"

  Rule: What was missed while the bus was away is told afterwards

    @own-engines
    Scenario: The watcher's engine loses Redis in the middle of an execution
      Given two engines, the second of which has a line to Redis that can be cut
      And Ada administers Acme
      And Ada has the workflow "Ship an order"
      And an execution of "Ship an order" is waiting for "/charge"
      And Ada watches the execution from another engine
      When the line to Redis is cut until "/charge" is let go and the execution is over
      Then Ada was told
        | event               | node                  |
        | execution_started   |                       |
        | node_completed      | When an order is paid |
        | node_completed      | Reserve pies          |
        | node_completed      | Charge card           |
        | node_completed      | Ship parcel           |
        | execution_completed |                       |
