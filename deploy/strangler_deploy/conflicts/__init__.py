"""What cannot be combined: C1 to C25, each found in the declaration or in the objects, also those written by hand.

C9 and C10 are sums, and stand in ``strangler_deploy.capacity``.
"""
