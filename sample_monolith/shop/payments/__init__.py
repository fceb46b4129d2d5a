"""Cards, charges and refunds."""
