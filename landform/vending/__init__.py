"""Account vending: from a request to a checked change of the spec, and an account's whole life."""
