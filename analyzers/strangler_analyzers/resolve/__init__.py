"""Whole-program resolution: an abstract run of the facts, which says what each name and call can be.

Nothing of the analysed code is imported or run; a value here is a definition, an instance of a class, a thing made
by a library, or a container of such. docs/decisions/0011 says how far values are followed.
"""

from strangler_analyzers.resolve.program import Program, resolve

__all__ = ["Program", "resolve"]
