"""Products, plans and what they cost."""
