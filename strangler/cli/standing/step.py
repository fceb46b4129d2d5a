"""What is safe to do next with a service: pure."""

from __future__ import annotations

from dataclasses import dataclass

from strangler.model import Stage
from strangler.plan import Service


@dataclass(frozen=True)
class Situation:
    """What decides: the stage and the percent of users at the service, and what is or is not there.

    ``facade``: it answers. ``needs_proof``: moved code that is not proven as it is now. ``sent_back``: the last
    rollout ended because the service did worse than the monolith.
    """

    stage: Stage
    weight: float = 0.0
    facade: bool = True
    needs_proof: bool = False
    sent_back: bool = False


def next_step(name: str, service: Service, here: Situation) -> str:
    """The next safe step: no traffic moves to code that is not proven as it is now, or was sent back just now."""
    if here.stage is Stage.PLANNED:
        return f"strangler extract {name} --check" if service.modules else f"strangler scaffold {name}"
    if here.needs_proof and here.stage in (Stage.EXTRACTED, Stage.SHADOW):
        return f"strangler prove {name}"
    if here.sent_back and here.stage is Stage.SHADOW:
        return f"strangler facade history --service {name}   # it was sent back: why?"
    if here.stage is Stage.EXTRACTED:
        return _begin(name, service, facade=here.facade)
    return _onward(name, service, here)


def _begin(name: str, service: Service, *, facade: bool) -> str:
    """What lies between code that is there and its first copied request."""
    if service.upstream is None:
        return f"start it, and set services.{name}.upstream in the plan"
    if not service.routes:
        return f"set services.{name}.routes in the plan: which requests are its own?"
    return f'strangler facade shadow {name} on --reason "…"' if facade else "strangler facade run"


def _onward(name: str, service: Service, here: Situation) -> str:
    if here.stage in (Stage.SHADOW, Stage.CANARY):
        percent = next((step for step in service.rollout.steps if step > here.weight), 100)
        return f'strangler facade shift {name} {percent:g} --reason "…"'
    if here.stage is Stage.LIVE:
        shared = service.store == "shared"
        return "give it a store of its own, or leave it" if shared else f"strangler facade stage {name} split"
    return f"strangler retire {name}" if here.stage is Stage.SPLIT else "nothing: it has moved"
