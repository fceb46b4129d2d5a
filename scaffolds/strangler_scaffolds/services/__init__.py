"""Writes the service: moved code as it is, and a thin FastAPI shell around it."""

from strangler_scaffolds.services.needs import Needs, needs_of
from strangler_scaffolds.services.tree import Blueprint, package_of, service_files

__all__ = ["Blueprint", "Needs", "needs_of", "package_of", "service_files"]
