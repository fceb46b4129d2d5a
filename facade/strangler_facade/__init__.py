"""Routes live traffic between the monolith and its services. Nothing here reads source code."""
