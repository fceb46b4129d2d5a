"""The state machine of a service: which move is legal, why another is not, and what each has as its way back.

Pure: a position, facts about the service and a wish go in, the next position comes out. docs/reference/stages.md is
the table for people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from strangler.errors import StranglerError
from strangler.model import Stage

ORDER = (Stage.EXTRACTED, Stage.SHADOW, Stage.CANARY, Stage.LIVE, Stage.SPLIT, Stage.RETIRED)

CallMode = Literal["local", "shadow", "canary", "remote"]


class IllegalMove(StranglerError):
    """The service may not go there from where it stands; message and hint say why and what is missing."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a service stands: its stage, the percentage of users it serves, and whether the rest is mirrored to it."""

    stage: Stage = Stage.EXTRACTED
    weight: float = 0
    mirrored: bool = False

    @property
    def calls(self) -> CallMode:
        """How the monolith's clients of the service call it."""
        return _CALLS[self.stage]

    @property
    def data(self) -> str:
        """Where the service's rows are written, in one word: ``monolith``, ``shared`` or ``service``."""
        return _DATA[self.stage]


_CALLS: dict[Stage, CallMode] = {
    Stage.PLANNED: "local",
    Stage.EXTRACTED: "local",
    Stage.SHADOW: "shadow",
    Stage.CANARY: "canary",
    Stage.LIVE: "remote",
    Stage.SPLIT: "remote",
    Stage.RETIRED: "remote",
}
_DATA = {
    Stage.PLANNED: "monolith",
    Stage.EXTRACTED: "monolith",
    Stage.SHADOW: "monolith",
    Stage.CANARY: "shared",
    Stage.LIVE: "shared",
    Stage.SPLIT: "service",
    Stage.RETIRED: "service",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a move may depend on: the plan's word (first four) and what people have verified (last three).

    ``writes``: some route of the service takes an unsafe method, or some call of it is a command.
    """

    has_upstream: bool = True
    has_routes: bool = True
    writes: bool = True
    store: Literal["shared", "own"] = "shared"
    backfill_verified: bool = False
    reverse_replication: bool = False
    code_restored: bool = False


def shift(position: Position, percent: float, facts: Facts) -> Position:
    """The position with ``percent`` (0-100) of the users at the service: canary, live at 100, shadow at 0.

    Raises:
        IllegalMove: the stage does not allow it.
    """
    if not 0 <= percent <= 100:
        raise IllegalMove(f"{percent} is no percentage", hint="give a number from 0 to 100")
    if position.stage in (Stage.SPLIT, Stage.RETIRED):
        message = f"at {position.stage} all users are at the service, and their rows too"
        raise IllegalMove(message, hint="go back one stage first: strangler facade stage SERVICE live")
    if percent == 0 and position.stage in (Stage.EXTRACTED, Stage.SHADOW):
        return position
    stage = Stage.SHADOW if percent == 0 else Stage.LIVE if percent == 100 else Stage.CANARY
    return replace(walk(position, stage, facts), weight=percent)


def mirror(position: Position, on: bool, facts: Facts) -> Position:
    """The position with mirroring switched: between extracted and shadow, or for the monolith's share of a canary.

    Raises:
        IllegalMove: the monolith gets no traffic that could be mirrored.
    """
    if position.stage is Stage.CANARY:
        return replace(position, mirrored=on)
    if position.stage not in (Stage.EXTRACTED, Stage.SHADOW):
        if not on:
            return position
        raise IllegalMove(f"at {position.stage} the monolith has no requests to mirror")
    return walk(position, Stage.SHADOW if on else Stage.EXTRACTED, facts)


def walk(position: Position, to: Stage, facts: Facts) -> Position:
    """Move to the stage ``to``: forward to the next one only, back through as many as each has a way back.

    A canary entered from below starts at 1 %, one entered from above at 99 %; ``shift`` then sets its weight.

    Raises:
        IllegalMove: a stage would be skipped, or a condition of a step is not met.
    """
    here, there = _rank(position.stage), _rank(to)
    if there > here + 1 and not _through_canary(position, to):
        missed = ORDER[here + 1]
        raise IllegalMove(f"{to} is not next to {position.stage}", hint=f"{missed} comes first{_HOW.get(missed, '')}")
    while position.stage is not to:
        position = _step(position, 1 if there > here else -1, facts)
    return position


_HOW = {Stage.SHADOW: ": strangler facade shadow SERVICE on", Stage.CANARY: ": strangler facade shift SERVICE PERCENT"}


def _through_canary(position: Position, to: Stage) -> bool:
    """From shadow straight to live is a canary of 100 %."""
    return position.stage is Stage.SHADOW and to is Stage.LIVE


def _rank(stage: Stage) -> int:
    if stage not in ORDER:
        raise IllegalMove(f"a service that is only {stage} has nothing to route to", hint="extract it first")
    return ORDER.index(stage)


def _step(position: Position, direction: int, facts: Facts) -> Position:
    stage = ORDER[ORDER.index(position.stage) + direction]
    obstacle = _obstacle_forward(stage, facts) if direction > 0 else _obstacle_back(position.stage, facts)
    if obstacle:
        message, hint = obstacle
        raise IllegalMove(f"{position.stage} → {stage} is refused: {message}", hint=hint)
    return _entered(position, stage, direction)


def _entered(position: Position, stage: Stage, direction: int) -> Position:
    if stage is Stage.CANARY:
        return Position(stage, 1 if direction > 0 else 99, position.mirrored and direction > 0)
    return Position(stage, 0 if stage in (Stage.EXTRACTED, Stage.SHADOW) else 100, stage is Stage.SHADOW)


def _obstacle_forward(stage: Stage, facts: Facts) -> tuple[str, str] | None:
    """Why ``stage`` may not be entered from below: what is wrong, and what to do about it."""
    if not facts.has_upstream:
        return "the plan names no upstream for it", "add upstream: http://HOST:PORT to the service"
    if stage is Stage.SHADOW and not facts.has_routes:
        return "the plan gives it no routes", "add routes: to the service"
    if stage is Stage.CANARY and facts.writes and facts.store == "own" and not facts.backfill_verified:
        return "it writes to a store of its own that nobody has verified", "verify the backfill, then record it"
    if stage in (Stage.LIVE, Stage.SPLIT) and facts.store == "own" and not facts.reverse_replication:
        return "nothing carries its writes back to the monolith's store", "start reverse replication, then record it"
    if stage is Stage.SPLIT and facts.store != "own":
        return "the plan says that its store is shared", "set store: own when the service has one"
    return None


def _obstacle_back(stage: Stage, facts: Facts) -> tuple[str, str] | None:
    """Why ``stage`` may not be left backwards."""
    if stage is Stage.RETIRED and not facts.code_restored:
        return "the monolith's code is gone", "restore it from version control, then record it"
    if stage in (Stage.RETIRED, Stage.SPLIT) and not facts.reverse_replication:
        return "writes since the split would be lost", "start reverse replication, then record it"
    return None


def retreat(position: Position, facts: Facts) -> Position:
    """Where an automatic rollback puts the service: every user at the monolith, requests mirrored to watch it recover.

    Raises:
        IllegalMove: the rows are at the service (``split`` and later); only a person may go back from there.
    """
    if position.stage in (Stage.SPLIT, Stage.RETIRED):
        raise IllegalMove(f"nothing goes back from {position.stage} by itself", hint="a person has to move it")
    return position if position.stage is Stage.EXTRACTED else walk(position, Stage.SHADOW, facts)
