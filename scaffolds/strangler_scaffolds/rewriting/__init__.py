"""Changes to source text that leave every other byte as it was.

Each rewriter takes text and gives text; which files to change, and why, is decided elsewhere.
"""

from strangler_scaffolds.rewriting.imports import Move, rewrite_imports
from strangler_scaffolds.rewriting.slicing import Sliced, slice_module
from strangler_scaffolds.rewriting.stand_in import StandIn
from strangler_scaffolds.rewriting.strings import rewrite_strings

__all__ = ["Move", "Sliced", "StandIn", "rewrite_imports", "rewrite_strings", "slice_module"]
