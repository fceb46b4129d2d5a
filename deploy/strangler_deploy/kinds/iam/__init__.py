"""Permissions: roles, who may take them, and exactly what they may do."""
