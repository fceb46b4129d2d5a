"""What shadowing finds out: typed differences per route and field, beyond what the monolith's own noise explains.

Runs in a process of its own; mirroring itself, and asking the monolith twice, is the data plane's.
"""
