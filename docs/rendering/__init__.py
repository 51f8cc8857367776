"""The pages that are rendered from the code, a module a kind."""
