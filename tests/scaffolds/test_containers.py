from __future__ import annotations

import contextlib
import os
import urllib.request
from pathlib import Path
from typing import Any

import docker
import pytest
import small
import yaml
from docker.errors import DockerException

import strangler_scaffolds as scaffolds
from strangler.errors import StranglerError, UpstreamError
from strangler.files import write_tree
from strangler.plan import loads
from strangler_scaffolds.own import image_of_this

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
def test_monolith_service_and_facade_run_without_root_on_read_only_file_systems(tmp_path: Path) -> None:
    root = small.lay_out(tmp_path / "monolith")
    (root / "requirements.txt").write_text("flask\n")
    (root / "serve.py").write_text(SERVE)
    scaffolds.write(scaffolds.extract(small.analysis(), small.plan(), "stock", root), root, root / "services/stock")
    stack = scaffolds.stack_of(loads(PLAN), ["stock"], {}, {})
    write_tree(root / scaffolds.CONTAINERS, stack.files)
    steps: list[str] = []
    try:
        running = {unit.name: unit.url for unit in scaffolds.up(stack, root, steps.append, base=BASE)}
        assert any(step.startswith("Step ") for step in steps)
        assert get(running["stock"] + "/api/stock/abc") == b'{"level":4}\n'
        assert get(running["facade"] + "/orders") == get(running["monolith"] + "/orders") == b"[2,3]\n"
        client = docker.from_env()
        for name in running:
            container = client.containers.get(f"{stack.project}-{name}")
            assert container.exec_run(["id", "-u"]).output.strip() == b"10001"
            assert container.exec_run(["touch", "/venv/x"]).exit_code != 0
        client.close()
    finally:
        assert sorted(scaffolds.down(stack.project)) == [
            f"{stack.project}-{n}" for n in ("facade", "monolith", "stock")
        ]


SERVE = """\
import os
from shop.app import create_app
create_app().run(host=os.environ["HOST"], port=int(os.environ["PORT"]))
"""
PLAN = small.PLAN.replace('framework: flask, test: "python -m pytest -q"', 'framework: flask, run: "python serve.py"')


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        body: bytes = answer.read()
        return body


def stack(**fields: Any) -> scaffolds.Stack:
    environment, folders = {"SHOP_DB": "sqlite:////data/shop.db"}, {"/srv/data": "/data"}
    return scaffolds.stack_of(loads(PLAN), ["stock"], environment, folders, **fields)


def test_a_compose_file_describes_monolith_service_and_facade() -> None:
    described = yaml.safe_load(scaffolds.compose(stack()))
    assert set(described["services"]) == {"stock", "facade", "monolith"}
    for service in described["services"].values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert described["services"]["stock"]["volumes"] == ["/srv/data:/data"]
    assert described["services"]["facade"]["volumes"][0] == "./.strangler/containers/plan:/plan:ro"
    assert set(described["volumes"]) == {"facade-state"}


def test_in_containers_the_facade_finds_everybody_by_name() -> None:
    plan = loads(stack().files["plan/strangler.yaml"].decode())
    assert (plan.monolith.upstream, plan.services["stock"].upstream) == ("http://monolith:8000", "http://stock:8000")
    assert plan.services["stock"].routes == loads(PLAN).services["stock"].routes


def test_a_monolith_with_a_dockerfile_keeps_it_and_one_that_nobody_can_start_is_said() -> None:
    monolith = next(unit for unit in stack(has_dockerfile=True).units if unit.name == "monolith")
    assert (monolith.dockerfile, monolith.read_only) == ("Dockerfile", False)
    with pytest.raises(StranglerError, match="how the monolith is started"):
        scaffolds.stack_of(small.plan(), ["stock"], {}, {})


def test_the_facade_is_built_as_its_own_image_is() -> None:
    files = {path.removeprefix("facade/"): data for path, data in stack().files.items() if path.startswith("facade/")}
    assert files == image_of_this("facade")
