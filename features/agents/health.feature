@flow:hive-agent-health-check
Feature: The platform finds out by itself how its agents are
  A machine that dies does not say so. Every agent is asked again and again, what it answers is measured and kept, and an
  agent that stops answering is known to be away within moments, by everyone who would have sent it work.

  Rule: What is measured is what happened

    @covers:hive-agent-health-check/3
    Scenario: An agent that takes its time
      Given Ada administers Acme
      And the agent acacia runs and takes 300 ms for every answer
      When Ada registers acacia
      Then the answer is 201
      And Ada is shown a response time of at least 0.3 seconds, and less than 3

    @own-engines @covers:hive-agent-health-check/1
    Scenario: A health record follows what the agent really does
      Given an engine that asks its agents every 200 ms
      And Ada administers Acme
      And the agent acacia runs
      And Ada registered acacia
      When acacia is given text to write
      Then its health records show it idle, and then busy with a higher load
      And each of them holds the nine documented fields

  Rule: An agent that dies is away, and one that comes back is there

    @own-engines @flow:hive-redis-agent-status @covers:hive-redis-agent-status/2
    Scenario: The agent's process is killed and started again
      Given an engine that asks its agents every 200 ms
      And Ada administers Acme
      And the agent acacia runs
      And Ada registered acacia
      And somebody listens to the topic of acacia
      When the process of acacia is killed
      Then acacia is offline in the database, in Redis and for Ada
      And its last health record says that it was not available, and why
      And once its process runs again acacia is idle in the database, in Redis and for Ada
      And the topic was told "agent.status_changed" to offline and back to idle, once each
