@flow:hq-monitoring-services
Feature: From outside one sees whether an engine can work
  A balancer sends requests only to engines that are ready, and restarts only those that are dead. An engine therefore
  says both, names what it is waiting for, and takes up its work by itself when that is back: nobody has to get up at night.

  Rule: An engine that is well says so to everyone

    Scenario: Alive and ready
      When somebody sends GET /health/ready
      Then the answer is 200
      And PostgreSQL and Redis are up, and took no time worth mentioning

    Scenario: Alive
      When somebody sends GET /health/live
      Then the answer is 200
      And the engine has been running for a while

  Rule: An engine without one of its stores is alive, not ready, and names the store

    @own-engines @covers:hq-monitoring-services/2
    Scenario: PostgreSQL cannot be reached
      Given an engine whose lines to its stores can be cut
      And Ada administers Acme
      And Ada has the workflow "Order intake"
      When the line to PostgreSQL is cut
      Then the engine is alive and not ready, because of PostgreSQL
      And once the line to PostgreSQL is mended it is ready and executes "Order intake" for Ada

    @own-engines
    Scenario: Without Redis requests are still answered and budgets still hold
      Given an engine whose lines to its stores can be cut
      And Ada administers Acme
      And Ada sets a limit of 2 requests a minute for Acme
      When the line to Redis is cut
      Then the engine is alive and not ready, because of Redis
      And Ada, listing workflows 3 times, is answered 200 2 times and then 429
      And once the line to Redis is mended it is ready
