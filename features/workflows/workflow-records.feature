@flow:hive-db-workflows
Feature: What is kept of a workflow
  A workflow is a customer's asset. Every change makes a new version and keeps the old one readable, it is always clear
  whose it is, and one that was switched off does not run, whoever tries.

  Background:
    Given Ada administers Acme

  Rule: A new workflow starts at version 1, active, with its tools

    @covers:hive-db-workflows/1
    Scenario: What is stored of a new workflow
      When Ada creates the workflow "Order intake"
      Then the answer is 201
      And "Order intake" is stored in version 1, active
      And its tools are "Add total", "Thank customer", derived from its nodes

    @covers:hive-db-workflows/1
    Scenario: Other nodes give other tools
      When Ada creates the workflow "Ask the weather"
      Then its tools are "Look outside", derived from its nodes

    @covers:hive-db-workflows/3
    Scenario: A workflow knows who made it
      When Ada creates the workflow "Order intake"
      Then its maker is the subject of Ada's token
      And the database knows that maker and would take no stranger

  Rule: A change makes a new version and keeps the old one

    @covers:hive-db-workflows/2
    Scenario: Changing a workflow
      Given Ada has the workflow "Order intake"
      When Ada replaces "Order intake" by the content of "Say hello"
      Then the answer is 200
      And "Order intake" is now at version 2 with the nodes of "Say hello"
      And version 1 can still be read with the nodes of "Order intake"

    Scenario: Two people change the same version
      Given Ada has the workflow "Order intake"
      And Ada replaced "Order intake" by the content of "Say hello"
      When Ada replaces version 1 of "Order intake" by the content of "Three pies"
      Then the answer is 409 with the code "WORKFLOW_VERSION_CONFLICT"
      And "Order intake" is now at version 2 with the nodes of "Say hello"

  Rule: An inactive workflow does not run

    @covers:hive-db-workflows/2
    Scenario: Executing a workflow that was switched off
      Given Ada has the workflow "Order intake"
      And Ada switched "Order intake" off
      When Ada executes "Order intake"
      Then the answer is 409 with the code "WORKFLOW_INACTIVE"
      And no execution of Acme was stored

    Scenario: Executing it after it was switched on again
      Given Ada has the workflow "Order intake"
      And Ada switched "Order intake" off and on again
      When Ada executes "Order intake"
      Then the execution is completed
