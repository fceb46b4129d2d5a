"""One module per kind of object: it builds the typed value, and knows nothing of where it is used."""
