@flow:hive-metrics-application
Feature: What an engine does can be measured
  Operators watch numbers, not logs. What an engine counts is what it did, in the format that Prometheus reads, and each
  number carries what one needs to ask whose fault it is.

  Background:
    Given Ada administers Acme

  Rule: The numbers are in Prometheus's format and move with what happens

    Scenario: Everything that is shown can be read
      When somebody reads the metrics
      Then every line is a sample of a family with a type
      And "hive_api_request_duration_seconds" is a histogram whose buckets add up
      And "hive_websocket_connections_active" is a gauge
      And "http_requests_total" is a counter

    Scenario: A request is counted for its tenant, its route, its method and how it ended
      When Ada creates the workflow "Order intake"
      Then the answer is 201
      And the request counter of Acme for creating workflows has grown by one
      And the time that it took fell into one of the buckets
