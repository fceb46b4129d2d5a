"""The embedded data plane: worker processes that carry out the route table. No ASGI, no task or future per request."""
