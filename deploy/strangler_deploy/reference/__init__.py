"""The reference page of the platform: what a reference architecture names, and what emits it here."""

from strangler_deploy.reference.page import platform_reference

__all__ = ["platform_reference"]
