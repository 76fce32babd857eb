Feature: A pie of no flow
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  Scenario: It belongs to nothing
    Given a raw pie
    When it is baked
    Then it is golden
