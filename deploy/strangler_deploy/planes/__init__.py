"""Which objects are made for what: a cluster, a namespace of services, a tenant, the control plane.

How one object looks is for ``kinds``; how a tree is written is for ``render`` and ``write``.
"""
