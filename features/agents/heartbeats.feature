@flow:hive-db-agents
Feature: What is known of an agent is kept, and is up to date
  Whoever decides which agent gets the next piece of work reads what stands here. An agent's own word counts at once, is
  kept for later, and is never believed where it cannot be true: an agent that cannot be reached is not there.

  Background:
    Given Ada administers Acme

  Rule: An agent is one row, with everything that was said of it

    @covers:hive-db-agents/1
    Scenario: What the database takes and what it refuses
      When somebody writes agents into the database with nothing but a name and an endpoint, without a name, and without an endpoint
      Then the first is kept as offline, and the others are refused

    @covers:hive-db-agents/2
    Scenario: The short name leads to one agent, unchanged
      Given the agent acacia runs
      And Ada registered acacia
      When Ada looks at acacia
      Then the answer is 200
      And its short name leads to one row, with the hardware and the promises that were registered

  Rule: A heartbeat counts at once

    @covers:hive-db-agents/3 @flow:hive-redis-agent-status @covers:hive-redis-agent-status/2
    Scenario: An agent says that it is busy
      Given the agent acacia runs
      And Ada registered acacia
      When acacia's heartbeat says that it is busy
      Then the answer is 200
      And acacia is busy at once in the database, in Redis and for Ada
      And acacia was seen later than when it registered

    @flow:hive-redis-agent-status
    Scenario: What Redis holds of an agent is short-lived
      Given the agent acacia runs
      And Ada registered acacia
      When acacia's heartbeat says that it is busy
      Then Redis holds its status, when it was seen and how it does, for at most 30 seconds
      And when Redis has lost it Ada is still told that acacia is busy

    @flow:hive-db-agent-metrics @covers:hive-db-agent-metrics/1
    Scenario: Every heartbeat is kept for the agent that sent it, once for each moment
      Given the agents acacia and walnut run
      And Ada registered acacia
      And Ada registered walnut
      When acacia tells twice of one moment, with 10 and then 20 tokens a second, and walnut once with 30
      Then of that moment 20 tokens a second are kept for acacia and 30 for walnut, in one row each

  Rule: Nobody is believed against the evidence

    Scenario: An agent that cannot be reached stays offline, whatever its heartbeat says
      Given the agent acacia runs and has died
      And Ada registered acacia
      When acacia's heartbeat says that it is busy
      Then the answer is 200
      And acacia is offline at once in the database, in Redis and for Ada

    Scenario: A heartbeat from the future is kept as of now
      Given the agent acacia runs
      And Ada registered acacia
      When acacia's heartbeat comes from an hour ahead
      Then the answer is 200
      And nothing is kept of acacia that lies in the future

    Scenario: A heartbeat of an agent that nobody registered
      When acacia's heartbeat says that it is busy
      Then the answer is 404 with the code "AGENT_UNKNOWN"

    Scenario: An agent under maintenance stays there until somebody ends it
      Given the agent acacia runs
      And Ada registered acacia
      And acacia is under maintenance
      When acacia's heartbeat says that it is busy
      Then the answer is 200
      And acacia is under maintenance at once in the database, in Redis and for Ada

  Rule: All agents can be listed, page by page

    Scenario: Three agents, two to a page
      Given Ada registered acacia
      And Ada registered ironwood
      And Ada registered walnut
      When Ada lists agents from theirs on, two to a page
      Then the pages begin with acacia and ironwood, and then walnut

    Scenario: Only those that are away
      Given the agent acacia runs
      And Ada registered acacia
      And Ada registered walnut
      When Ada lists agents that are offline
      Then walnut is listed and acacia is not
