"""One framework per file: what it makes of a program's calls and classes, with examples that are tests and docs.

A detector reads a :class:`World` and gives routes, tasks or models; it never looks at source text.
"""

from strangler_analyzers.detectors.registry import DETECTORS, Detector, Example, Found
from strangler_analyzers.detectors.world import World

__all__ = ["DETECTORS", "Detector", "Example", "Found", "World"]
