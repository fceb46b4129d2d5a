"""Moves a tenant between pool, bridge and silo: which steps, in which order, how each is checked and taken back.

The steps are a plan for people and for the control plane; what copies the bytes is the store's own tool, named in each.
"""
