from __future__ import annotations

from pathlib import Path

import pytest

from strangler.cli import main
from strangler.cli.checks import Wanted
from strangler.cli.checks.manifests import check_cluster, check_manifests, of_service
from strangler.cli.command import Session
from strangler.cli.output import Output
from strangler.model import Finding, Location

HEAD = "version: 1\nmonolith: {name: shop, packages: [m], upstream: 'http://127.0.0.1:8000'}\n"
PLATFORM = "platform: {account: '111122223333'}\n"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(Output(quiet=True), tmp_path / "strangler.yaml")


def test_a_plan_that_declares_no_platform_is_left_alone(session: Session) -> None:
    session.plan_path.write_text(HEAD, encoding="utf-8")
    assert not check_manifests(session, Wanted()).ran
    assert not check_cluster(session, Wanted()).ran


def test_a_tree_beside_the_plan_must_be_what_the_plan_renders(session: Session, tmp_path: Path) -> None:
    session.plan_path.write_text(HEAD + PLATFORM, encoding="utf-8")
    assert main(["deploy", "render", "-o", str(tmp_path / "gitops"), "--plan", str(session.plan_path)]) == 0
    assert not any(finding.rule == "DEPLOY-STALE" for finding in check_manifests(session, Wanted()).findings)
    next(path for path in (tmp_path / "gitops").rglob("*.yaml")).unlink()
    stale = [finding for finding in check_manifests(session, Wanted()).findings if finding.rule == "DEPLOY-STALE"]
    assert len(stale) == 1


def test_a_service_has_the_findings_at_its_entry_and_in_its_own_files(session: Session) -> None:
    services = "services:\n  search: {image: 'r.example/s:1'}\n  web-search: {image: 'r.example/w:1'}\n"
    session.plan_path.write_text(HEAD + services, encoding="utf-8")
    path = session.plan_path.as_posix()
    places = (Location(path, 4), Location(path, 5), Location("tenants/a/app/deployment-search.yaml", 9), None)
    places += (Location("a/platform.service-search.yaml", 1), Location("a/deployment-web-search.yaml", 1))
    findings = [Finding("R", str(place), place) for place in places]
    assert of_service(session, "search", findings) == [findings[0], findings[2], findings[4]]
