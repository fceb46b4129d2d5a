"""The demonstration: the whole story on the sample monolith, with real processes and real traffic.

It only calls what users call, in their order; nothing it needs may be known to a capability.
"""
