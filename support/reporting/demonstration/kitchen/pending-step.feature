@flow:bake-a-pie
Feature: A pie that will be judged later
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  Scenario: A step that is not written yet
    Given a raw pie
    When it is baked
    Then somebody will say how it tastes
