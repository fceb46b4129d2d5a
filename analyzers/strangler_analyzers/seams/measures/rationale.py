"""Why a seam is proposed where it stands, in two or three sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Above it something goes wrong more often than not.
_SAFE_ENOUGH = 0.75
# With so few tables in all, to own most of them says nothing.
_FEW = 4


def rationale(metrics: Mapping[str, float], tables: Sequence[str], position: int, of: int = 0) -> str:
    """Say what speaks for the seam and what against, from its figures alone; ``of`` is how many tables there are."""
    owned = f"owns {_count(len(tables), 'table')}" if tables else "owns no table"
    if of > _FEW and 2 * len(tables) > of:
        owned += f" of {of} and so is the core that others are taken from"
    sentences = [
        f"{_count(metrics['modules'], 'module')}, {owned}; {metrics['cohesion']:.0%} of its ties stay inside, "
        f"and it came out again in {metrics['stability']:.0%} of the trials{_users(metrics)}.",
        f"Mending its border takes {metrics['effort']:.0f} points: {_against(metrics)}.",
    ]
    if position == 1:
        sentences.append(_first(metrics))
    return " ".join(sentences)


def _users(metrics: Mapping[str, float]) -> str:
    return (
        f"; {_count(metrics['users'], 'other seam')} use{'s' if metrics['users'] == 1 else ''} it"
        if metrics["users"]
        else ""
    )


def _first(metrics: Mapping[str, float]) -> str:
    if metrics["risk"] < _SAFE_ENOUGH:
        return "The best one to begin with."
    return (
        "Nothing here comes out cheaply and safely, and this is only the first of a hard lot: look for one with less"
        " risk further down, for a smaller part (--size), or mend its border first."
    )


def _against(metrics: Mapping[str, float]) -> str:
    parts = [
        _count(metrics[name], noun)
        for name, noun in (
            ("transactions", "transaction across it"),
            ("writes", "write to a table of the other side"),
            ("foreign_keys", "foreign key"),
            ("inherits", "inheritance"),
            ("reads", "read of a table of the other side"),
            ("loop_calls", "call in a loop"),
            ("calls", "call"),
            ("imports", "import"),
        )
        if metrics[name]
    ]
    return ", ".join(parts) or "nothing crosses it"


def _count(number: float, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    head, _, tail = noun.partition(" ")
    plural = {"foreign": "foreign keys", "inheritance": "inheritances", "other": "other seams"}.get(
        head, f"{head}s {tail}".strip()
    )
    return f"{number:.0f} {plural}"
