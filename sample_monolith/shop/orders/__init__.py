"""Orders and the subscriptions that come out of them."""
