"""The three commands against a cluster in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import strangler_deploy
from strangler.cli.main import main
from strangler_deploy.live.memory import MemoryCluster

ONLY = ["--only", "Namespace", "--only", "ConfigMap"]


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryCluster:
    made = MemoryCluster()

    @contextmanager
    def connect(context: str | None) -> Iterator[MemoryCluster]:
        yield made

    monkeypatch.setattr(strangler_deploy, "connect", connect)
    monkeypatch.chdir(tmp_path)
    Path("strangler.yaml").write_text("version: 1\nmonolith: {name: shop, packages: [shop]}\n")
    return made


def test_diff_then_apply_then_status(cluster: MemoryCluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "diff", "--json", *ONLY]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {change["action"] for change in told["changes"]} == {"create"}
    assert main(["deploy", "apply", "--json", *ONLY]) == 0
    assert json.loads(capsys.readouterr().out)["applied"] == len(told["changes"])
    assert main(["deploy", "diff", *ONLY]) == 0
    assert "0 objects differ" in capsys.readouterr().out
    assert main(["deploy", "status", "--json", *ONLY]) == 0
    assert {item["health"] for item in json.loads(capsys.readouterr().out)["objects"]} == {"ready"}


def test_what_is_not_there_is_shown(cluster: MemoryCluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "status", *ONLY]) == 1
    assert "is not there" in capsys.readouterr().out


def test_a_cluster_that_the_plan_has_not_is_an_error(
    cluster: MemoryCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "diff", "--cluster", "other"]) == 2
    assert "there is no cluster 'other'" in capsys.readouterr().err
