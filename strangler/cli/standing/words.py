"""A standing in a few words, the same in the table and on the page."""

from __future__ import annotations

from strangler.cli.output import counted
from strangler.cli.standing.gather import Migration, Standing
from strangler.cli.standing.last_check import Tally


def proof_words(standing: Standing) -> str:
    """What its last proof says, of which phases (docs/reference/prove.md), and since when."""
    proof = standing.proof
    if proof is None:
        return "none" if standing.moved else "-"
    verdict = "holds" if proof.holds else "failed"
    if not proof.fresh:
        verdict = "is of other code"
    return f"{verdict} ({proof.phases.replace('A2', '')}), {proof.day}"  # A2 is A once more


def platform_words(standing: Standing) -> str:
    """What the last check of the manifests found of it."""
    return "-" if standing.platform is None else _tally_words(standing.platform)


def check_words(found: Migration) -> str:
    """What the last ``strangler check`` said."""
    if found.checked is None:
        return "strangler check has not run here yet"
    checks = found.checked.checks
    if not checks:
        return "strangler check had nothing to look at yet"
    last = max(tally.day for tally in checks.values())
    said = (f"{name} {_tally_words(one)}{'' if one.day == last else f' ({one.day})'}" for name, one in checks.items())
    return f"last strangler check, {last}: {', '.join(said)}"


def _tally_words(tally: Tally) -> str:
    if tally.errors:
        return counted(tally.errors, "error")
    return counted(tally.warnings, "warning") if tally.warnings else "ok"
