@flow:hive-workflow-execution-flow
Feature: From an imported workflow to its output
  A workflow that was drawn elsewhere must do here what its author drew: each node after the ones it depends on, data
  handed from node to node, and the last node's items as the output.

  Background:
    Given Ada administers Acme

  Rule: The output of an execution is what its last node gave

    @covers:hive-workflow-execution-flow/1
    Scenario: An imported workflow gives its last node's items
      Given Ada has the workflow "Sort the orders"
      When Ada executes "Sort the orders" with
        """
        [{ "customer": "Baldrick", "total": 2 }, { "customer": "Melchett", "total": 90 }, { "customer": "George", "total": 55 }]
        """
      Then the execution is completed
      And its result is
        """
        [{ "customer": "Melchett", "total": 90, "tier": "gold" },
         { "customer": "George", "total": 55, "tier": "gold" },
         { "customer": "Baldrick", "total": 2, "tier": "tin" }]
        """

  Rule: Nodes run in the order of the graph, whatever the order in the file

    @covers:hive-workflow-execution-flow/2
    Scenario: A file that lists its nodes backwards
      Given Ada has the workflow "Backwards pie"
      And its file lists "Eat" before "Bake" before "Knead"
      When Ada executes "Backwards pie"
      Then the execution completed after "Hungry", "Knead", "Bake", "Eat"
      And the events told the completion of "Hungry", "Knead", "Bake", "Eat", in that order

  Rule: A graph that cannot end is refused before anything runs

    @covers:hive-workflow-execution-flow/3
    Scenario: A circle without a way out
      When Ada imports the workflow "Endless pie"
      Then the answer is 422 with the code "WORKFLOW_CYCLE"
      And the refusal names "Knead" and "Bake"
      And no workflow of Acme was stored

    Scenario: A loop with a way out is a loop, not a circle
      Given Ada has the workflow "Three pies"
      When Ada executes "Three pies"
      Then the execution is completed
      And "Bake one" ran 3 times

  Rule: What comes after a failed node does not run

    @covers:hive-workflow-execution-flow/4
    Scenario: The execution stops at the node that failed
      Given Ada has the workflow "Refuse the order"
      When Ada executes "Refuse the order"
      Then the execution failed at "Say no"
      And the events told an error at "Say no" and no completion of "Say no" or "Pack pies"
