"""Requests → git: each is checked and becomes one commit, or is refused with its reasons; then it is followed."""
