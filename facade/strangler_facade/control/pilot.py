"""Carries rollouts out: starts, pauses, resumes, approves and aborts them, and takes each step when it is due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from strangler.model import Stage
from strangler.plan import Rollout
from strangler_facade.control import reach
from strangler_facade.control.controller import Author, Controller
from strangler_facade.control.exports.webhooks import Webhooks
from strangler_facade.control.stages import IllegalMove, Position
from strangler_facade.control.store import StoreError
from strangler_facade.rollouts.counts import Reading
from strangler_facade.rollouts.gates import Breach
from strangler_facade.rollouts.progress import Progress, Retreat, Shift, Status, advance, approve, from_json, to_json

_KIND = "rollout"
_REMEMBER_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 1.0
_SYSTEM = "rollout"


class Pilot:
    """The rollouts of all services; each is one document in the store, so a restart takes them up where they were.

    ``obstacle`` says why nothing can be reached at a URL, or None.
    """

    def __init__(
        self,
        controller: Controller,
        webhooks: Webhooks,
        *,
        on_note: Callable[[str], None],
        obstacle: Callable[[str], Awaitable[str | None]] = reach.obstacle,
    ) -> None:
        self._controller, self._webhooks, self._on_note, self._obstacle = controller, webhooks, on_note, obstacle
        documents = controller.store.documents(_KIND)
        self._open = {name: from_json(body) for name, body in documents.items()}
        self._kept = {name: progress.baked for name, progress in self._open.items()}
        self._asking: dict[str, asyncio.Task[str]] = {}
        self._objections: dict[str, str] = {}

    def progress(self, service: str) -> Progress | None:
        """The service's rollout, the last one if none is open."""
        return self._open.get(service)

    def policy(self, service: str) -> Rollout:
        """The plan's rollout policy of a service."""
        known = self._controller.plan.services.get(service)
        return known.rollout if known else Rollout()

    def is_mirroring(self, service: str) -> bool:
        """Whether an open rollout is at its first phase, in which requests are only mirrored."""
        progress = self._open.get(service)
        return progress is not None and progress.status.is_open and progress.step < 0

    async def start(self, service: str, author: Author) -> Progress:
        """Begin: mirror first, from a canary go on at the step it has.

        Raises:
            IllegalMove: one is open already, or the stage has no room for one.
        """
        position = self._controller.position(service)
        self._refuse_second(service)
        if position.stage is Stage.EXTRACTED:
            position = await self._controller.mirror(service, True, author)
        if position.stage not in (Stage.SHADOW, Stage.CANARY):
            raise IllegalMove(f"{service} is {position.stage}: there is nothing to roll out")
        progress = Progress(Status.RUNNING, self._step_of(service, position))
        return self._keep(service, progress, author, "rollout-start")

    def _refuse_second(self, service: str) -> None:
        now = self._open.get(service)
        if now is not None and now.status.is_open:
            raise IllegalMove(f"a rollout of {service} is {now.status} already", hint="pause, resume or abort it")

    def _step_of(self, service: str, position: Position) -> int:
        steps = self.policy(service).steps
        return max((index for index, step in enumerate(steps) if step <= position.weight), default=-1)

    async def pause(self, service: str, author: Author) -> Progress:
        """Stay at the present step until ``resume``; the gates go on watching."""
        progress = self._must_be(service, Status.RUNNING, Status.APPROVAL)
        return self._keep(
            service, replace(progress, status=Status.PAUSED, reason=author.reason), author, "rollout-pause"
        )

    async def resume(self, service: str, author: Author) -> Progress:
        """Go on from where the service is now."""
        progress = self._must_be(service, Status.PAUSED)
        step = self._step_of(service, self._controller.position(service))
        baked = progress.baked if step == progress.step else 0.0
        resumed = replace(progress, status=Status.RUNNING, step=step, baked=baked, reason="")
        return self._keep(service, resumed, author, "rollout-resume")

    async def approve(self, service: str, author: Author) -> Progress:
        """Let the step begin that waits for an approver."""
        progress = self._must_be(service, Status.APPROVAL)
        return self._keep(service, approve(progress), author, "rollout-approve")

    async def abort(self, service: str, author: Author) -> Progress:
        """End the rollout and send every user back to the monolith."""
        progress = self._must_be(service, Status.RUNNING, Status.PAUSED, Status.APPROVAL)
        await self._controller.roll_back(service, author)
        return self._keep(
            service, replace(progress, status=Status.ABORTED, reason=author.reason), author, "rollout-abort"
        )

    def by_hand(self, service: str, author: Author) -> None:
        """Somebody moved the service: a running rollout pauses rather than fight them."""
        progress = self._open.get(service)
        if progress is not None and progress.status in (Status.RUNNING, Status.APPROVAL):
            paused = replace(progress, status=Status.PAUSED, reason=f"moved by hand: {author.reason}")
            self._keep(service, paused, author, "rollout-pause")

    def _must_be(self, service: str, *statuses: Status) -> Progress:
        self._controller.position(service)
        progress = self._open.get(service)
        if progress is None or progress.status not in statuses:
            state = progress.status if progress else "not there"
            wanted = " or ".join(statuses)
            is_open = progress is not None and progress.status.is_open
            hint = "" if is_open else f"strangler facade rollout {service} start begins one"
            raise IllegalMove(f"the rollout of {service} is {state}, not {wanted}", hint=hint)
        return progress

    def _keep(self, service: str, progress: Progress, author: Author, action: str) -> Progress:
        self._controller.record(service, author, action, _KIND, to_json(progress))
        self._open[service], self._kept[service] = progress, progress.baked
        self._forget_question(service)
        self.announce(service, action, to_json(progress))
        return progress

    def _forget_question(self, service: str) -> None:
        """The answer to what was asked before would be one to another question."""
        self._objections.pop(service, None)
        task = self._asking.pop(service, None)
        if task is not None:
            task.cancel()

    def announce(self, service: str, event: str, detail: Mapping[str, Any]) -> None:
        """Tell the plan's webhooks, in the background."""
        self._webhooks.notify(self.policy(service).webhooks, {"service": service, "event": event, **detail})

    async def advance(self, service: str, elapsed: float, window: Reading, breach: Breach | None) -> None:
        """Let ``elapsed`` seconds pass for the service's rollout, if one is open."""
        progress = self._open.get(service)
        if progress is None or not progress.status.is_open:
            return
        after, action = advance(progress, self.policy(service), elapsed, window, breach)
        try:
            await self._carry_out(service, progress, after, action)
        except (StoreError, IllegalMove) as error:
            self._open[service] = replace(progress, reason=error.message)

    async def _carry_out(self, service: str, before: Progress, after: Progress, action: Shift | Retreat | None) -> None:
        author = Author(_SYSTEM, after.reason or f"step {after.step + 1} of {len(self.policy(service).steps)}")
        if isinstance(action, Retreat):
            self._keep(service, after, Author(f"gate:{action.breach.gate}", action.breach.text), "rollout-rolled-back")
        elif isinstance(action, Shift):
            await self._take_step(service, before, after, action, author)
        elif after.status is not before.status:
            self._keep(service, after, author, f"rollout-{after.status}")
        else:
            self._open[service] = after
            self._remember(service, after)

    async def _take_step(self, service: str, before: Progress, after: Progress, step: Shift, author: Author) -> None:
        refusal = self._objection(service, step)
        if refusal is not None:
            self._open[service] = replace(before, reason=refusal, baked=max(before.baked, after.baked))
            return
        await self._controller.shift(service, step.percent, author)
        self._keep(service, after, author, "rollout-step")
        self._on_note(f"{service}: {step.percent} %")

    def _objection(self, service: str, step: Shift) -> str | None:
        """None if the service listens and every ``confirm`` webhook said yes; why the step waits, otherwise."""
        task = self._asking.get(service)
        if task is None:
            self._asking[service] = asyncio.ensure_future(self._object(service, step))
        elif task.done():
            del self._asking[service]
            self._objections[service] = task.result()
            return task.result() or None
        return self._objections.get(service) or "asking whether the step may begin"

    async def _object(self, service: str, step: Shift) -> str:
        """Look and ask; "" if the step may begin."""
        url = self._controller.routes.rules[service].upstream
        seen = await self._obstacle(url) if url else None
        if url and seen:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            return reach.unanswering(service, url, seen)
        hooks = [hook for hook in self.policy(service).webhooks if hook.kind == "confirm"]
        return await self._webhooks.ask(hooks, {"service": service, "event": "confirm", "percent": step.percent})

    def _remember(self, service: str, progress: Progress) -> None:
        """Write how long the step has baked every few seconds."""
        if progress.baked - self._kept.get(service, 0.0) >= _REMEMBER_SECONDS:
            self._kept[service] = progress.baked
            self._controller.remember(_KIND, service, to_json(progress))
