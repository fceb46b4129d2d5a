"""What is safe to do next with a service: pure."""

from __future__ import annotations

from collections.abc import Mapping

from strangler.model import Stage
from strangler.plan import Service

_AFTER: Mapping[Stage, str] = {
    Stage.EXTRACTED: "strangler facade shadow {name} on",
    Stage.SHADOW: "strangler facade shift {name} 1",
    Stage.CANARY: "strangler facade shift {name} PERCENT",
    Stage.LIVE: "give it a store of its own",
    Stage.SPLIT: "strangler retire {name}",
    Stage.RETIRED: "nothing: it has moved",
}


def next_step(name: str, service: Service, stage: Stage, *, needs_proof: bool) -> str:
    """The next safe step: no traffic moves to code that is not proven as it is now."""
    if stage is Stage.PLANNED:
        return f"strangler extract {name}"
    if needs_proof and stage in (Stage.EXTRACTED, Stage.SHADOW):
        return f"strangler prove {name}"
    if service.upstream is None and stage is Stage.EXTRACTED:
        return f"start it, and set services.{name}.upstream in the plan"
    return _AFTER[stage].format(name=name)
