@flow:bake-a-pie
Feature: A pie that needs two attempts
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  Scenario: Golden only when baked again
    Given a raw pie
    When it is baked in an oven that fails at first
    Then it is golden
