"""What was used: events counted exactly once, and their sums per tenant, service, metric and day."""
