"""Everything that crosses a seam's border, each with a verdict, its place and the smallest way to mend it.

The analysis document is the only input: no source is read here.
"""

from strangler_scaffolds.crossings.find import crossings_of, judged
from strangler_scaffolds.crossings.hooks import cut_hooks
from strangler_scaffolds.crossings.library import Library, library
from strangler_scaffolds.crossings.rules import Crossing, Rule, Verdict
from strangler_scaffolds.crossings.table import RULES

__all__ = ["RULES", "Crossing", "Library", "Rule", "Verdict", "crossings_of", "cut_hooks", "judged", "library"]
