"""Every command of the tutorial and the guides is run, in the order of the page, from an empty folder.

Blocks marked ``sh`` are run; ``text`` and others are only shown. Addresses of the page are replaced by free ones. A
guide on somebody else's application takes its folder and Python from the environment (``MEALIE``, ``MEALIE_PYTHON``).
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from strangler.demo.processes import free_address

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "guides").glob("*.md"))]
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PORT = re.compile(r"\b8(?:000|080|081|101)\b")
_SECONDS = 1500


def script(page: Path) -> str:
    """The page's commands as one script, with ports on which nobody listens."""
    ports: dict[str, str] = {}
    text = "".join(_BLOCK.findall(page.read_text(encoding="utf-8")))
    return _PORT.sub(lambda found: ports.setdefault(found[0], free_address().split(":")[1]), text)


@pytest.mark.real
@pytest.mark.skipif(not os.environ.get("STRANGLER_REAL"), reason="runs whole stories: .ci/steps/81-docs")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_pages_commands_work_as_written(page: Path, tmp_path: Path) -> None:
    commands = script(page)
    assert commands, f"{page} shows no command that runs"
    missing = sorted(set(re.findall(r"\$(HEALTHCHECKS\w*|MEALIE\w*)", commands)) - os.environ.keys())
    if missing:
        pytest.skip(f"NOT RUN: {page.name} needs a clone that is not ours: set {' and '.join(missing)}")
    folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "STRANGLER_CLONE": str(ROOT)}
    with (tmp_path / "said").open("w+", encoding="utf-8") as said:
        run = subprocess.Popen(
            ["bash", "-euxo", "pipefail", "-c", commands],
            cwd=_empty(tmp_path),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = run.wait(_SECONDS)
        finally:
            run.poll()
            _end(run.pid)
            run.wait()
        said.seek(0)
        assert status == 0, said.read()[-6000:]


def _empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def _end(group: int) -> None:
    """End what a page left running in the background; a facade gets the time to end its workers."""
    _signal(group, signal.SIGTERM)
    give_up = time.monotonic() + 15
    while _signal(group, 0) and time.monotonic() < give_up:
        time.sleep(0.2)
    _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Whether there was still somebody to hear it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def _links(page: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    yield from (target for target in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in target)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")) + sorted(ROOT.glob("*.md")), ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert [target for target in _links(page) if not (page.parent / target).exists()] == []
