@flow:bake-a-pie
Feature: A pie that was forgotten
  The kitchen promises this so that the gate has something to judge; whoever reads it sees
  at once which of its rules is at work here.

  Scenario: Nobody took it out
    Given a raw pie
    When it is baked
    Then it is burnt to a cinder
