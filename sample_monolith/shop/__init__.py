"""A subscription shop: tenants sell plans to accounts, meter usage and bill for it."""

__version__ = "3.8.0"
