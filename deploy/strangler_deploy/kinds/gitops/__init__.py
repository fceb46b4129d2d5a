"""Argo CD and kro: what brings the tree into the clusters."""
