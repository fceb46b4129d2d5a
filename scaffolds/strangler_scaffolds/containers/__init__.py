"""Builds and runs services in containers, through the Docker SDK."""

from strangler_scaffolds.containers.build import build
from strangler_scaffolds.containers.compose import compose
from strangler_scaffolds.containers.stack import FOLDER, Stack, Unit, stack_of
from strangler_scaffolds.containers.up import Running, down, up

__all__ = ["FOLDER", "Running", "Stack", "Unit", "build", "compose", "down", "stack_of", "up"]
