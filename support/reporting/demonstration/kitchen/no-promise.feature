@flow:bake-a-pie
Feature: A pie
  It is good.

  Scenario: A promise of three words
    Given a raw pie
    When it is baked
    Then it is golden
