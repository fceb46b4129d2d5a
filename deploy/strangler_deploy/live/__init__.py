"""A live cluster: what differs, bring it in, wait until it runs, say how it stands.

Every write is a server-side apply under our own field manager, tried dry first; what others own is never taken by
force, and data is never pruned. Argo CD is how a platform is run; this is for the first cluster, and for those without.
"""
