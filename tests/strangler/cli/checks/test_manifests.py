from __future__ import annotations

from pathlib import Path

import pytest

from strangler.cli import main
from strangler.cli.checks import Wanted
from strangler.cli.checks.manifests import check_cluster, check_manifests
from strangler.cli.command import Session
from strangler.cli.output import Output

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
