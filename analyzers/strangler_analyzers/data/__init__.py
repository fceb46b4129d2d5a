"""Who declares, reads and writes which table, and within which transaction."""
