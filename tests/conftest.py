"""What all tests share."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

# A deadline is an assertion about time, and machines are busy. What gates a change makes the same examples each time;
# `make search` looks for others, which then stand in the test as an @example.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium for all tests of a module, none of which may run an event loop: playwright has one."""
    with chromium() as made:
        yield made


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Chromium without a window and without talk of its own, driven by playwright."""
    if not os.environ.get("STRANGLER_REAL"):
        pytest.skip("NOT RUN: .ci/steps 41-seams, 51-facade-control and 72-control-plane open pages in a browser")
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("needs chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield made
        made.close()
