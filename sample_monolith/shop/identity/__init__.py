"""Accounts, users, passwords and who is asking."""
