from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from strangler.cli import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    plan = (
        "version: 1\nmonolith: {name: shop, packages: [shop], upstream: 'http://10.80.1.5:8000'}\n"
        f"services: {{orders: {{image: 'r.example.com/orders@sha256:{'a' * 64}', routes: [/orders/**]}}}}\n"
        "platform: {workloads: {orders: {data: {papers: {kind: s3}}}}}\n"
    )
    (tmp_path / "strangler.yaml").write_text(plan)
    return tmp_path


def _run(project: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main([*arguments, "--plan", str(project / "strangler.yaml"), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_tenants_way_through_the_tool(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = str(project / "gitops")
    _run(project, capsys, "deploy", "render", "-o", tree)
    status, told = _run(project, capsys, "tenant", "add", "acme", "--name", "Acme Ltd", "-o", tree)
    assert (status, told["written"]) == (0, str(project / "tenants/acme.yaml"))
    assert (project / "tenants/acme.yaml").read_text() == 'id: acme\nname: "Acme Ltd"\ntier: standard\n'
    assert _run(project, capsys, "deploy", "check", tree)[0] == 0
    assert _run(project, capsys, "tenant", "list")[1]["tenants"][0]["namespace"] == "tenant-acme"
    assert _run(project, capsys, "tenant", "show", "acme")[1]["keeps"][0]["days"] == 90
    choices = _run(project, capsys, "tenant", "compare", "acme")[1]["choices"]
    assert [choice["isolation"] for choice in choices] == ["pool", "bridge", "silo"]
    status, told = _run(project, capsys, "tenant", "remove", "acme", "-o", tree)
    assert (status, [item["kind"] for item in told["keeps"]], told["deletes"]) == (0, ["s3"], [])
    assert not (project / "tenants/acme.yaml").exists()
    assert _run(project, capsys, "deploy", "check", tree)[0] == 0


@pytest.mark.parametrize("id_", ["../x", "a b", "Acme", "x" * 64, ""])
def test_an_id_that_is_none_never_becomes_a_path(project: Path, capsys: pytest.CaptureFixture[str], id_: str) -> None:
    status, told = _run(project, capsys, "tenant", "add", id_)
    assert status == 2
    assert "error" in told
    assert not (project / "tenants").exists()


def test_a_tenant_is_added_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(project, capsys, "tenant", "add", "acme")[0] == 0
    assert _run(project, capsys, "tenant", "add", "acme")[0] == 2
    assert _run(project, capsys, "tenant", "show", "globex")[0] == 2
