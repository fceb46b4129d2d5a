"""The stages' page: the table and every move between two stages, as the state machine itself answers."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Stage
from strangler_facade.control.stages import ORDER, Facts, IllegalMove, Position, retreat, walk
from strangler_facade.references.fill import filled

_HTTP = {
    Stage.EXTRACTED: "monolith",
    Stage.SHADOW: "monolith; safe ones mirrored",
    Stage.CANARY: "a share of the users, always the same ones",
    Stage.LIVE: "service",
    Stage.SPLIT: "service",
    Stage.RETIRED: "service",
}
_DATA = {
    "monolith": "the monolith's store",
    "shared": "the shared store, or both with the backfill verified",
    "service": "the service's own",
}


def stages_reference() -> str:
    """The table of stages and of moves, as Markdown."""
    return filled("stages", stages="".join(_stages()), moves="".join(_moves()))


_ALL = Facts(store="own", backfill_verified=True, reverse_replication=True, code_restored=True)


def _at(stage: Stage) -> Position:
    position = Position()
    for step in ORDER[1 : ORDER.index(stage) + 1]:
        position = walk(position, step, _ALL)
    return position


def _stages() -> Iterator[str]:
    for stage in ORDER:
        position = _at(stage)
        users = "1-99 %" if stage is Stage.CANARY else f"{position.weight:g} %"
        try:
            back = f"to {retreat(position, Facts()).stage}"
        except IllegalMove:
            back = "never"
        back = "-" if back == f"to {stage}" else back
        cells = (f"`{stage}`", _HTTP[stage], position.calls, _DATA[position.data], users, back)
        yield f"| {' | '.join(cells)} |\n"


def _moves() -> Iterator[str]:
    for here in ORDER:
        for there in ORDER:
            if abs(ORDER.index(here) - ORDER.index(there)) == 1:
                yield f"| `{here}` | `{there}` | {'; '.join(_conditions(here, there)) or 'always'} |\n"


def _conditions(here: Stage, there: Stage) -> list[str]:
    """What the machine says when everything but one fact is in order."""
    lacking = {
        "has_upstream": False,
        "has_routes": False,
        "store": "shared",
        "backfill_verified": False,
        "reverse_replication": False,
        "code_restored": False,
    }
    found = []
    for name, value in lacking.items():
        facts = Facts(**{**{field: getattr(_ALL, field) for field in _ALL.__slots__}, name: value})
        try:
            walk(_at(here), there, facts)
        except IllegalMove as refusal:
            found.append(f"not if {refusal.message.partition(': ')[2]}")
    return found
