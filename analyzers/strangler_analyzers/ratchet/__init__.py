"""Keeps a planned service from growing together with the monolith again: crossings may only become fewer.

No analysis happens here and no file is read: an analysis, a plan and the last accepted state go in, findings come out.
"""

from strangler_analyzers.ratchet.baseline import Baseline, read_baseline, take_stock, write_baseline
from strangler_analyzers.ratchet.compare import compare, improved
from strangler_analyzers.ratchet.publish import github_annotations, sarif

__all__ = [
    "Baseline",
    "compare",
    "github_annotations",
    "improved",
    "read_baseline",
    "sarif",
    "take_stock",
    "write_baseline",
]
