"""Figures for the tenant's own staff."""
