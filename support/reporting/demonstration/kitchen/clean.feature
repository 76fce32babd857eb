@flow:bake-a-pie
Feature: A pie for everybody
  Whoever asks the kitchen for a pie gets one that is golden and whole, because a guest who was served a burnt one does
  not come back.

  @covers:bake-a-pie/1
  Scenario: A pie comes out golden
    Given a raw pie
    When it is baked
    Then it is golden

  @covers:bake-a-pie/2
  Scenario Outline: A <kind> pie is cut into <pieces>
    Given a raw pie
    When it is baked
    Then it gives <pieces> pieces

    Examples: Pies for two and for eight
      | kind  | pieces |
      | small | 2      |
      | large | 8      |
