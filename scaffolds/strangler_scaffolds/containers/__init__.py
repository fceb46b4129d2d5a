"""Builds and runs services in containers, through the Docker SDK."""

from strangler_scaffolds.containers.build import build
from strangler_scaffolds.containers.up import Running, down, up

__all__ = ["Running", "build", "down", "up"]
