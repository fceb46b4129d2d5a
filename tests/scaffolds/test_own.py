from __future__ import annotations

from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_scaffolds import PARTS, own_image
from strangler_scaffolds.own import image_of_this


@pytest.mark.parametrize("part", PARTS)
def test_an_image_has_what_its_part_needs_and_runs_without_root(part: str) -> None:
    dockerfile = own_image(part, "1.2.3")["Dockerfile"].decode()
    assert f'"strangler[{PARTS[part]}]==1.2.3"' in dockerfile
    assert dockerfile.index("USER 10001:10001") < dockerfile.index("ENTRYPOINT")
    assert ("strangler_facade.native.build" in dockerfile) == (part == "facade")
    assert ("git openssh-client" in dockerfile) == (part == "control-plane")


def test_a_wheel_takes_the_place_of_the_release(tmp_path: Path) -> None:
    wheel = tmp_path / "strangler-1-py3-none-any.whl"
    wheel.write_bytes(b"zip")
    context = own_image("facade", "1.2.3", wheel)
    assert context[wheel.name] == b"zip"
    assert '"/build/strangler-1-py3-none-any.whl[facade,fast]"' in context["Dockerfile"].decode()


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="no image of 'analyzer'"):
        own_image("analyzer", "1")
    with pytest.raises(StranglerError, match="cannot read"):
        own_image("facade", "1", tmp_path / "gone.whl")


def test_this_very_strangler_is_installed_at_the_versions_that_are_here() -> None:
    context = image_of_this("facade")
    (wheel,) = [name for name in context if name.endswith(".whl")]
    assert f'--constraint /build/constraints.txt "/build/{wheel}[facade,fast]"' in context["Dockerfile"].decode()
    pinned = context["constraints.txt"].decode().splitlines()
    assert all("==" in line for line in pinned)
    assert any(line.startswith("uvicorn==") for line in pinned)
    assert context == image_of_this("facade")
    assert b"mkdir /state" in context["Dockerfile"]
