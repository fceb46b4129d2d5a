from __future__ import annotations

import contextlib
import os
import urllib.request
from pathlib import Path

import docker
import pytest
import small
from docker.errors import DockerException

import strangler_scaffolds as scaffolds
from strangler.errors import StranglerError, UpstreamError
from strangler.files import write_tree

BASE = "strangler-test-base:latest"


def engine_with_base() -> bool:
    if not Path("/var/run/docker.sock").exists() and "DOCKER_HOST" not in os.environ:
        return False
    with contextlib.closing(docker.from_env(version="1.41")) as client:
        try:
            client.images.get(BASE)
        except (DockerException, OSError):
            return False
        return True


def test_a_folder_without_a_dockerfile_is_no_service(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="no Dockerfile"):
        scaffolds.build(tmp_path, "x", lambda text: None)


def test_no_engine_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    (tmp_path / "Dockerfile").touch()
    with pytest.raises(UpstreamError) as caught:
        scaffolds.build(tmp_path, "x", lambda text: None)
    assert "DOCKER_HOST" in caught.value.hint


@pytest.mark.real
@pytest.mark.skipif(
    "not engine_with_base()", reason="NO DOCKER ENGINE WITH THE TEST BASE: .ci/steps/60-scaffolds makes both"
)
def test_a_service_builds_and_runs_without_root_on_a_read_only_file_system(tmp_path: Path) -> None:
    root = small.lay_out(tmp_path / "monolith")
    write_tree(tmp_path / "s", scaffolds.extract(small.analysis(), small.plan(), "stock", root).tree)
    steps: list[str] = []
    scaffolds.build(tmp_path / "s", "strangler-test-stock", steps.append, base=BASE)
    assert any(step.startswith("Step ") for step in steps)
    running = scaffolds.up("strangler-test-stock", "strangler-test-stock", {}, {})
    try:
        with urllib.request.urlopen(running.url + "/api/stock/abc", timeout=5) as answer:
            assert answer.read() == b'{"level":4}\n'
        client = docker.from_env()
        container = client.containers.get(running.name)
        assert container.exec_run(["id", "-u"]).output.strip() == b"10001"
        assert container.exec_run(["touch", "/venv/x"]).exit_code != 0
        client.close()
    finally:
        scaffolds.down(running.name)
