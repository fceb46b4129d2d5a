"""What runs, and what it needs to run: namespaces, pods, their identity, scale and limits."""
