"""Puts what was found together as an analysis document; nothing is decided here."""

from strangler_analyzers.assemble.document import assemble

__all__ = ["assemble"]
