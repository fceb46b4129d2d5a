"""What one file says by itself: a pure function of its bytes, made of marshallable tuples.

Nothing here knows another file, a framework, or the disk.
"""

from strangler_analyzers.facts.extract import EXTRACTOR, extract
from strangler_analyzers.facts.places import Moves, moves
from strangler_analyzers.facts.records import Facts, Import, Scope

__all__ = ["EXTRACTOR", "Facts", "Import", "Moves", "Scope", "extract", "moves"]
