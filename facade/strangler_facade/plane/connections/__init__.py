"""The clients' side: one connection, and on it one exchange at a time, from a request's head to its answer's end."""
