@flow:bake-a-pie
Feature: A pie for an outcome that nobody asked for
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  @covers:bake-a-pie/7
  Scenario: There is no seventh outcome
    Given a raw pie
    When it is baked
    Then it is golden
