"""AWS itself, through ACK: clusters, networks, registries, logs."""
