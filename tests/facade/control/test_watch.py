"""Gates and rollouts over virtual time: counters are said, not counted; the controller and its store are real."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from strangler.model import Stage
from strangler.plan import loads
from strangler_facade.channel import BOUNDS
from strangler_facade.control import pilot
from strangler_facade.control.controller import Author, Controller
from strangler_facade.control.exports.webhooks import Webhooks
from strangler_facade.control.pilot import Pilot
from strangler_facade.control.stages import IllegalMove, Position
from strangler_facade.control.store import Store
from strangler_facade.control.tallies import Tallies
from strangler_facade.control.watch import Watch
from strangler_facade.rollouts.progress import Progress, Status

ADA = Author("ada", "a test")
ROLLOUT = "steps: [10, 50, 100], bake: 10s, min_requests: 20, abort_if: {error_excess: 0.01, shadow_difference: 0.02}"


class FakePlane:
    async def apply(self, version: int, table: Mapping[str, Any]) -> None:
        """Take it."""


class World:
    """One control plane whose traffic and time the test makes."""

    def __init__(
        self, state: Path, rollout: str = ROLLOUT, answer: Callable[..., httpx.Response] | None = None
    ) -> None:
        plan = loads(f"""
version: 1
monolith: {{name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}}
services:
  billing:
    {{modules: [shop.billing], routes: ["/api/**"], upstream: "http://127.0.0.1:8101", rollout: {{{rollout}}}}}
""")
        self.notes: list[str] = []
        self.store = Store(state / "state.sqlite3")
        self.controller = Controller(self.store, plan, FakePlane())
        self.sent: list[dict[str, Any]] = []
        self._answer = answer or (lambda request: httpx.Response(200))
        self.webhooks = Webhooks(on_note=self.notes.append, transport=httpx.MockTransport(self._hook))
        self.obstacle: str | None = None
        self.pilot = Pilot(self.controller, self.webhooks, on_note=self.notes.append, obstacle=self._look)
        self.tallies = Tallies()
        self.watch = Watch(self.controller, self.pilot, self.tallies, on_note=self.notes.append)
        self.now = 100.0
        self.counts = {"billing": [0, 0], "monolith": [0, 0]}
        self.pairs, self.unanswered = [0, 0], 0

    async def _look(self, url: str) -> str | None:
        return self.obstacle

    def _hook(self, request: httpx.Request) -> httpx.Response:
        self.sent.append({**json.loads(request.content), "signature": request.headers.get("x-strangler-signature")})
        return self._answer(request)

    def traffic(self, target: str, requests: int, failures: int = 0) -> None:
        self.counts[target][0] += requests
        self.counts[target][1] += failures

    async def tick(self, seconds: float) -> None:
        self.now += seconds
        self.tallies.take({"pid": 1, "worker": 0, "tallies": [self._record(name) for name in self.counts]})
        compared, differing = self.pairs
        counts = {"compared": compared, "differing": differing, "pairs": compared, "unanswered": self.unanswered}
        self.watch.differences = {"billing.0": {**counts, "moved_on": 0}}
        await self.watch.tick(self.now)
        await asyncio.sleep(0)  # questions are asked beside the ticks

    def _record(self, target: str) -> dict[str, Any]:
        requests, failures = self.counts[target]
        buckets = [0] * (len(BOUNDS) + 1)
        buckets[20] = requests
        return {
            "route": "billing.0",
            "target": target,
            "requests": requests,
            "failures": failures,
            "statuses": [0, 0, requests - failures, 0, 0, failures],
            "buckets": buckets,
        }

    async def serve(self, seconds: float, weight: float, *, failing: float = 0.0) -> None:
        """A hundred requests a second, split by weight, seen ten times a second."""
        for _ in range(round(seconds * 10)):
            share = round(weight / 10)
            self.traffic("billing", share, round(share * failing))
            self.traffic("monolith", 10 - share)
            self.pairs[0] += 10
            await self.tick(0.1)

    def position(self) -> Position:
        return self.controller.position("billing")

    def progress(self) -> Progress:
        found = self.pilot.progress("billing")
        assert found is not None
        return found


def play(state: Path, story: Callable[[World], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        world = World(state, **more)
        try:
            await world.tick(0.0)
            await story(world)
        finally:
            await world.webhooks.close()
            world.store.close()

    asyncio.run(run())


async def shifted(world: World, percent: float) -> None:
    await world.controller.mirror("billing", True, ADA)
    await world.controller.shift("billing", percent, ADA)
    await world.tick(0.1)


def test_a_failing_service_is_sent_back_with_the_figures_in_the_history(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await shifted(world, 50)
        await world.serve(5, 50)
        assert world.position().weight == 50
        await world.serve(2, 50, failing=1.0)
        assert world.position() == Position(Stage.SHADOW, 0, True)
        (entry, *_) = world.store.entries()
        assert (entry.actor, entry.action) == ("gate:error_excess", "retreat")
        assert "requests to the service failed" in entry.reason
        assert entry.detail["seconds"] < 2

    play(tmp_path, story)


def test_a_service_that_fails_after_hours_of_health_is_sent_back_within_a_second(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await shifted(world, 50)
        for _ in range(60):
            world.traffic("billing", 3000)
            world.traffic("monolith", 3000)
            await world.tick(60.0)
        began = world.now
        while world.position().weight:
            await world.serve(0.1, 50, failing=0.6)
            assert world.now - began < 5
        assert world.now - began <= 1.0

    play(tmp_path, story)


def test_a_healthy_service_stays_however_long_it_is_watched(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await shifted(world, 50)
        await world.serve(60, 50)
        assert world.position().weight == 50

    play(tmp_path, story)


def test_a_live_service_is_judged_by_the_monoliths_last_figures(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await shifted(world, 50)
        await world.serve(10, 50)
        await world.controller.shift("billing", 100, ADA)
        await world.serve(5, 100)
        assert world.position().stage is Stage.LIVE
        await world.serve(2, 100, failing=1.0)
        assert world.position() == Position(Stage.SHADOW, 0, True)

    play(tmp_path, story)


def test_the_monoliths_last_figures_outlive_a_restart(tmp_path: Path) -> None:
    async def before(world: World) -> None:
        await shifted(world, 50)
        await world.serve(10, 50)
        await world.controller.shift("billing", 100, ADA)
        await world.tick(0.1)

    async def after(world: World) -> None:
        await world.serve(2, 100, failing=1.0)
        assert world.position().weight == 0

    play(tmp_path, before)
    play(tmp_path, after)


def test_a_rollout_mirrors_first_and_then_takes_every_step_by_itself(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        weights = [world.position().weight]
        while world.progress().status is Status.RUNNING:
            await world.serve(1, world.position().weight)
            if world.position().weight != weights[-1]:
                weights.append(world.position().weight)
        assert weights == [0, 10, 50, 100]
        assert world.progress().status is Status.DONE
        assert world.position().stage is Stage.LIVE

    play(tmp_path, story)


def test_a_rollout_that_breaches_a_gate_is_rolled_back_and_over(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        while world.position().weight < 50:
            await world.serve(1, world.position().weight)
        await world.serve(3, 50, failing=0.8)
        assert world.position() == Position(Stage.SHADOW, 0, True)
        assert world.progress().status is Status.ROLLED_BACK
        await world.serve(60, 0)
        assert world.position().weight == 0

    play(tmp_path, story)


def test_a_rollout_of_a_service_that_answers_differently_never_leaves_the_mirror(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        for _ in range(300):
            world.pairs[1] += 3
            await world.serve(0.1, 0)
            if not world.progress().status.is_open:
                break
        assert world.progress().status is Status.ROLLED_BACK
        assert "shadowed requests were answered differently" in world.progress().reason
        assert world.position().weight == 0

    play(tmp_path, story)


def test_a_restart_takes_a_rollout_up_where_it_was_and_bakes_no_less(tmp_path: Path) -> None:
    async def before(world: World) -> None:
        await world.pilot.start("billing", ADA)
        while world.position().weight < 50:
            await world.serve(1, world.position().weight)
        await world.serve(7, 50)

    async def after(world: World) -> None:
        assert (world.progress().step, world.progress().status) == (1, Status.RUNNING)
        assert world.progress().baked <= 7.1
        await world.serve(2, 50)
        assert world.position().weight == 50
        await world.serve(9, 50)
        assert world.position().weight == 100

    play(tmp_path, before)
    play(tmp_path, after)


def test_a_comparing_process_that_begins_anew_takes_nothing_back(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await shifted(world, 50)
        world.unanswered = 4
        await world.serve(5, 50)
        window = world.watch.window("billing")
        assert window is not None
        world.watch.comparing_anew()
        world.pairs[0], world.unanswered = 3, 2
        await world.tick(0.1)
        after = world.watch.window("billing")
        assert after is not None
        assert (after.compared, after.shadowed) == (window.compared + 3, window.shadowed + 3)
        assert (window.unanswered, after.unanswered) == (4, 6)

    play(tmp_path, story)


def test_pause_resume_and_abort(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        with pytest.raises(IllegalMove, match="is running already"):
            await world.pilot.start("billing", ADA)
        while world.position().weight < 10:
            await world.serve(1, 0)
        await world.pilot.pause("billing", ADA)
        await world.serve(30, 10)
        assert world.position().weight == 10
        await world.pilot.resume("billing", ADA)
        await world.serve(11, 10)
        assert world.position().weight == 50
        await world.pilot.abort("billing", ADA)
        assert world.position().weight == 0
        with pytest.raises(IllegalMove, match="is aborted, not paused"):
            await world.pilot.resume("billing", ADA)

    play(tmp_path, story)


def test_who_moves_a_service_by_hand_pauses_its_rollout(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        await world.controller.shift("billing", 30, ADA)
        world.pilot.by_hand("billing", ADA)
        await world.serve(30, 30)
        assert (world.position().weight, world.progress().status) == (30, Status.PAUSED)
        await world.pilot.resume("billing", ADA)
        await world.serve(11, 30)
        assert world.position().weight == 50

    play(tmp_path, story)


def test_with_approval_each_step_waits_for_a_person(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        await world.serve(30, 0)
        assert (world.position().weight, world.progress().status) == (0, Status.APPROVAL)
        await world.pilot.approve("billing", Author("eve", "looked at it"))
        await world.serve(0.2, 0)
        assert world.position().weight == 10
        await world.serve(30, 10)
        assert (world.position().weight, world.progress().status) == (10, Status.APPROVAL)

    play(tmp_path, story, rollout=ROLLOUT + ", approval: true")


def test_webhooks_are_told_and_their_messages_are_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_KEY", "k")

    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        await world.serve(11, 0)
        await world.serve(3, 10, failing=1.0)
        for _ in range(20):
            await asyncio.sleep(0)
        events = [message["event"] for message in world.sent]
        assert events == ["rollout-start", "rollout-step", "retreat", "rollout-rolled-back"]
        assert all(message["signature"].startswith("sha256=") for message in world.sent)

    hook = 'webhooks: [{url: "http://hooks.example/", secret_env: HOOK_KEY}]'
    play(tmp_path, story, rollout=f"{ROLLOUT}, {hook}")


def test_a_step_waits_until_the_service_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pilot, "_LOOK_AGAIN_SECONDS", 0.0)

    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        world.obstacle = "Connection refused"
        await world.serve(30, 0)
        assert (world.position().weight, world.progress().status) == (0, Status.RUNNING)
        assert world.progress().reason.startswith(
            "the service does not answer at http://127.0.0.1:8101: Connection refused; start it"
        )
        world.obstacle = None
        await world.serve(1, 0)
        assert world.position().weight == 10
        assert world.progress().reason.startswith("baked ")

    play(tmp_path, story)


def test_what_was_asked_for_one_rollout_is_no_answer_for_the_next(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        world.obstacle = "Connection refused"  # and the question stays open for a second
        await world.serve(11, 0)
        await world.pilot.abort("billing", ADA)
        world.obstacle = None
        await world.pilot.start("billing", ADA)
        await world.serve(11, 0)
        assert world.position().weight == 10

    play(tmp_path, story)


def test_a_confirm_webhook_that_says_no_holds_the_step(tmp_path: Path) -> None:
    says = [503]

    async def story(world: World) -> None:
        await world.pilot.start("billing", ADA)
        for _ in range(150):
            await world.serve(0.1, 0)
            await asyncio.sleep(0)
        assert world.position().weight == 0
        assert world.progress().reason == "http://hooks.example says 503"
        says[0] = 204
        for _ in range(20):
            await world.serve(0.1, 0)
            await asyncio.sleep(0)
        assert world.position().weight == 10

    hook = 'webhooks: [{url: "http://hooks.example", kind: confirm}]'
    play(tmp_path, story, rollout=f"{ROLLOUT}, {hook}", answer=lambda request: httpx.Response(says[0]))
