@flow:bake-a-pie
Feature: An oven that is cold
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  @cold-oven
  Scenario: Every step would pass, but the oven is checked before
    Given a raw pie
    When it is baked
    Then it is golden
