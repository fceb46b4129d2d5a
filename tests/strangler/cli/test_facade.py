"""The facade's commands against a running facade: what people read, and what machines get."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from strangler.cli import main
from strangler.demo.processes import free_address
from tests.facade.conftest import Facade

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facade]:
    made = Facade(tmp_path_factory.mktemp("facade"), workers=1)
    try:
        made.start()
        made.client.shadow("billing", True, "a beginning")
        yield made
    finally:
        made.close()


@pytest.fixture
def run(running: Facade, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str, at: str = "--state") -> tuple[int, str, str]:
        places = [at, str(running.state), "--plan", str(running.plan)]
        status = main(["facade", *arguments, *places])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_shift_says_where_the_service_then_stands(run: Run) -> None:
    assert run("shift", "billing", "12.5", "--reason", "first customers")[:2] == (
        0,
        "billing: canary, 12.5 % of its users, mirrored\n",
    )
    status, out, _ = run("history", "--limit", "1")
    assert status == 0
    first, changes, reason = out.splitlines()
    assert first.endswith("shift billing by local, version 3")
    assert changes.strip() == "stage shadow → canary, weight 0 → 12.5"
    assert reason.strip() == "first customers"
    assert run("rollback", "billing", "--reason", "back")[1] == "billing: shadow, 0 % of its users, mirrored\n"


def test_an_illegal_move_ends_with_status_2_and_a_hint(run: Run) -> None:
    run("rollback", "--to", "1", "--reason", "to the beginning")
    status, _, err = run("shift", "billing", "5", "--reason", "too early")
    assert status == 2
    assert "error: canary is not next to extracted" in err
    assert "hint: shadow comes first" in err
    assert run("shadow", "billing", "on", "--reason", "then")[0] == 0


def test_a_change_without_a_reason_is_not_taken(run: Run) -> None:
    assert "Missing option '--reason'" in run("shift", "billing", "5")[2]


def test_rollback_wants_a_service_or_a_version(run: Run) -> None:
    status, _, err = run("rollback", "--reason", "what?")
    assert (status, "name a SERVICE, or --to VERSION" in err) == (2, True)


def test_status_fits_a_narrow_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    status, out, _ = run("status")
    assert status == 0
    assert "billing: shadow, 0 % of its users, mirrored" in out
    assert "…" not in out


def test_users_who_carry_no_sticky_key_are_warned_of(run: Run, running: Facade) -> None:
    run("shadow", "billing", "on", "--reason", "first")
    run("shift", "billing", "50", "--reason", "a test")
    with httpx.Client(base_url=f"http://{running.listen}") as customer:
        for _ in range(30):
            customer.get("/api/same")
    # Workers tell what they counted bit by bit: first of some of the requests.
    running.until(lambda: "100%" in str(running.client.service("billing")["warnings"]), "a warning of all of them")
    out = " ".join(run("status")[1].split())
    assert "100% of billing's requests carry none of the sticky keys (cookie 'sid')" in out
    run("rollback", "billing", "--reason", "a test")


def test_a_service_that_is_down_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facade = Facade(tmp_path)
    down = f"the service does not answer at {facade.service.url}: "

    def told(*arguments: str) -> str:
        assert main(["facade", *arguments, "--state", str(facade.state), "--plan", str(facade.plan)]) == 0
        return " ".join("".join(capsys.readouterr()).split())

    try:
        facade.start()
        assert down not in told("shadow", "billing", "on", "--reason", "it is there")
        told("shadow", "billing", "off", "--reason", "enough")
        facade.service.stop()
        refused = f"warning: {down}Connection refused; start it, or mend services.billing.upstream in the plan"
        assert refused in told("shadow", "billing", "on", "--reason", "it is down")
        for user in range(3):
            facade.get(user=user)
        facade.until(lambda: facade.client.service("billing")["unanswered"] == 3, "three without an answer")
        shown = told("status")
        assert "shadow 3 of 3 got no answer" in shown
        assert f"warning {down}the last 3 mirrored requests got no answer" in shown
        assert "3 of 3 got no answer" in told("differences")
        assert refused in told("shift", "billing", "1", "--reason", "all the same")
        told("rollback", "billing", "--reason", "back")
        facade.restart_service()
        facade.get()
        facade.until(lambda: not facade.client.service("billing")["warnings"], "the warning to end")
    finally:
        facade.close()


def test_a_plan_that_was_changed_since_is_told_from_the_running_facade(
    running: Facade, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["check", "--only", "traffic", "--state", str(running.state), "--plan", str(running.plan)]
    assert main(arguments) == 0
    running.write_plan('{path: "/api/**", safety: safe}')
    try:
        assert main(arguments) == 1
    finally:
        running.write_plan()
    told = " ".join("".join(capsys.readouterr()).split())
    assert "safety of 'billing' for /api/** is method at the facade, safe in the plan" in told


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["status"], "services"),
        (["routes"], "targets"),
        (["history"], "history"),
        (["explain", "GET /api/7", "-H", "Cookie: sid=ada"], "target"),
    ],
)
def test_machines_get_one_json_object(run: Run, arguments: list[str], key: str) -> None:
    status, out, _ = run(*arguments, "--json")
    assert status == 0
    found: dict[str, Any] = json.loads(out)
    assert key in found


def test_a_request_is_explained_to_people(run: Run) -> None:
    _, out, _ = run("explain", "GET /else")
    assert out.startswith("→ monolith   by route default, version ")
    assert "not billing.0: path" in out


def test_a_header_without_a_value_is_no_header(run: Run) -> None:
    status, _, err = run("explain", "GET /else", "-H", "Cookie")
    assert (status, "'Cookie' is no header" in err) == (2, True)


def test_routes_are_listed_in_the_order_they_are_tried(run: Run) -> None:
    assert "billing.0" in run("routes")[1]


def test_differences_are_listed(run: Run, running: Facade) -> None:
    for user in range(60):
        running.get(user=user)
    running.until(lambda: running.client.service("billing")["compared"] > 0, "compared answers")
    assert "json:$.who" in run("differences")[1]


def test_a_rollout_is_started_and_aborted(run: Run) -> None:
    assert "billing: running at 0 % (steps 1 → 5 → 25 → 50 → 100, bake 300 s)" in run(
        "rollout", "billing", "start", "--reason", "release 14"
    )[1].replace("\n", " ")
    assert run("rollout", "billing", "abort", "--reason", "not today")[0] == 0


def test_a_log_is_replayed_on_an_imagined_split(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text('203.0.113.9 - - [23/Nov/2026:10:00:00 +0000] "GET /api/7 HTTP/1.1" 200 1 "-" "-"\n' * 10)
    _, out, _ = run("simulate", str(log), "--shift", "billing=40")
    assert "billing: 0 now, 4 then" in out
    assert run("simulate", str(log), "--shift", "billing")[0] == 2
    assert run("simulate", str(tmp_path / "none.log"))[0] == 2


def test_tokens_are_given_and_taken(run: Run) -> None:
    status, out, _ = run("token", "ada", "--role", "operator")
    assert (status, len(out.strip())) == (0, 32)
    assert run("token", "ada", "--revoke")[1] == "ada has no token any more\n"
    assert run("token", "ada", "--revoke")[0] == 2


def test_a_services_key_is_printed_for_a_service_of_the_plan(run: Run) -> None:
    status, out, _ = run("identity-key", "billing")
    assert (status, len(out.strip())) == (0, 64)
    assert run("identity-key", "none")[0] == 2


def test_evidence_is_recorded(run: Run) -> None:
    assert run("attest", "billing", "reverse-replication", "--reason", "lag below a second for a week")[0] == 0


def test_a_stage_is_named_to_go_to(run: Run) -> None:
    assert run("stage", "billing", "extracted", "--reason", "home")[1] == "billing: extracted, 0 % of its users\n"


def test_waiting_ends_when_it_serves_and_says_why_when_it_does_not(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("wait")[:2] == (0, "the facade serves\n")
    plan = tmp_path / "strangler.yaml"
    plan.write_text(f"version: 1\nmonolith: {{name: m, packages: [m]}}\nfacade: {{admin: '{free_address()}'}}\n")
    assert main(["facade", "wait", "--seconds", "0", "--plan", str(plan), "--state", str(tmp_path)]) == 2
    assert "hint: " in capsys.readouterr().err
