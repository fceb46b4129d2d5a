"""Proves that a service does what the monolith did: by the monolith's own tests, run four ways, and by mutants.

This is one of the two places (with `observe`) that run the user's code, by the user's own command.
"""

from strangler_scaffolds.proof.mutants import Mutant, mutants_of
from strangler_scaffolds.proof.prove import Options, prove
from strangler_scaffolds.proof.report import as_html, as_json
from strangler_scaffolds.proof.verdict import MutantResult, Phase, Proof

__all__ = ["Mutant", "MutantResult", "Options", "Phase", "Proof", "as_html", "as_json", "mutants_of", "prove"]
