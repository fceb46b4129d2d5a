"""Proves who may reach whom: the policies of the tree, evaluated as each network plug-in enforces them.

Labels, namespaces, blocks and ports decide here; packets do in the tests, with the rules of ``nftables``.
What a service mesh adds is not looked at.
"""
