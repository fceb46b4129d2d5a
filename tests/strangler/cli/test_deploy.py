from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.cli import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    plan = (
        "version: 1\nmonolith: {name: shop, packages: [shop], upstream: 'http://10.80.1.5:8000'}\n"
        f"services: {{orders: {{image: 'r.example.com/orders@sha256:{'a' * 64}', routes: [/orders/**]}}}}\n"
    )
    (tmp_path / "strangler.yaml").write_text(plan)
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants/acme.yaml").write_text("id: acme\n")
    return tmp_path


def _run(project: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    status = main(["deploy", *arguments, "--plan", str(project / "strangler.yaml"), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_rendered_tree_passes_its_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = project / "gitops"
    status, told = _run(project, capsys, "render", "-o", str(out))
    assert (status, told["tenants"]) == (0, 1)
    status, told = _run(project, capsys, "check", str(out))
    assert status == 0
    assert isinstance(told["findings"], list)
    assert [finding["rule"] for finding in told["findings"]] == ["DEPLOY-UNCHECKED"]


def test_an_error_in_the_tree_is_exit_1(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = project / "gitops"
    _run(project, capsys, "render", "-o", str(out))
    file = out / "tenants/acme/app/deployment-orders.yaml"
    file.write_text(file.read_text().replace("revisionHistoryLimit: 5", "revisionHistoryLimit: x"))
    assert _run(project, capsys, "check", str(out))[0] == 1


def test_a_rule_is_explained(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = _run(project, capsys, "check", "--explain", "deploy-reference")
    assert status == 0
    assert told["rule"] == "DEPLOY-REFERENCE"
