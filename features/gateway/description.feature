@flow:rabbit-api-gateway-pattern
Feature: The description of the API is true
  Clients are generated from the served description and people read it as a page. It is written from the very routes
  that answer, so it names all of them, nothing else, and every refusal that a caller can meet.

  Rule: What is described is there, and what is there is described

    Scenario: Every operation answers, under exactly the methods that are named
      When somebody reads the description
      Then it is an OpenAPI 3.1 document
      And every operation in it reaches a route
      And every address in it answers the methods that it names, and no other
      And the same address with or without its prefix is described too, or leads nowhere

    Scenario: Whatever was answered so far stands in it
      Given Ada administers Acme
      And Ada has the workflow "Order intake"
      When somebody reads the description
      Then every route that the engines counted a request for stands in it
      And it tells in words how to open a socket

  Rule: Machines and people can read it

    Scenario: A linter finds nothing to say
      When somebody reads the description
      Then the linter's recommended rules find nothing wrong with it

    Scenario: The page for people needs nothing from elsewhere
      When somebody sends GET /docs
      Then the answer is 200
      And the page names every operation of the description
      And the page loads nothing, neither scripts nor styles nor pictures
