"""What a worker writes down: counters, the access log, trace context."""
