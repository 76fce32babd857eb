@flow:bake-a-pie
Feature: A pie nobody knows how to judge
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  Scenario: A step without a definition
    Given a raw pie
    When it is baked
    Then it sings
