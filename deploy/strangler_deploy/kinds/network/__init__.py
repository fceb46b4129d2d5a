"""How pods are reached, and whom they may reach."""
