"""A standing in a few words, the same in the table and on the page."""

from __future__ import annotations

from strangler.cli.standing.gather import Migration, Standing


def proof_words(standing: Standing) -> str:
    """What its last proof says, and since when."""
    proof = standing.proof
    if proof is None:
        return "none" if standing.moved else "-"
    verdict = "holds" if proof.holds else "failed"
    if not proof.fresh:
        verdict = "is of other code"
    return f"{verdict}, {proof.day}"


def check_words(found: Migration) -> str:
    """What the last ``strangler check`` said."""
    if found.checked is None:
        return "strangler check has not run here yet"
    errors = ", ".join(f"{name} {count or 'ok'}" for name, count in found.checked.errors.items())
    return f"last strangler check, {found.checked.day}: {errors}"
