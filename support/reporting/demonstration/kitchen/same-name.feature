@flow:bake-a-pie
Feature: Two pies of one name
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  Scenario: A pie
    Given a raw pie
    Then it is pale

  Scenario: A pie
    Given a raw pie
    When it is baked
    Then it is golden
