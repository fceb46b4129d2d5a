"""What was asked for tenants: wishes, requests and their states, and the events that tell of them."""
