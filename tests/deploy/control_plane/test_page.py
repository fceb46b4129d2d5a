"""The operators' page in a real browser: Chromium, driven by playwright."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.conftest import chromium

from .conftest import World

FILES = ("index.html", "page.css", "page.js")


def test_the_page_needs_nothing_from_elsewhere() -> None:
    for name in FILES:
        text = (resources.files("strangler_deploy.control_plane.page") / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|innerHTML|\son\w+=|<style|style=", text), name


def test_the_page_is_served_with_a_policy_that_allows_nothing_else(world: World) -> None:
    for path in ("/", "/page.css", "/page.js"):
        answer = world.client().get(path)
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.fixture
def browser() -> Iterator[Any]:
    """For one test: the others run event loops of their own."""
    with chromium() as made:
        yield made


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """A served control plane with one tenant, and one that was refused."""
    world.onboard("acme")
    operator = world.client()
    operator.post("/v1/tenants", json={"tenant": {"id": "evil", "cluster": "hub"}})
    world.outbox.empty()
    use = {"source": "t", "id": "1", "tenant": "acme", "service": "billing", "quantity": 10**12}
    operator.post("/v1/usage", json={"events": [{**use, "at": "2026-10-03T00:00:00Z"}]})
    config = uvicorn.Config(world.app, "127.0.0.1", 0, log_level="error", access_log=False)
    server, listener = uvicorn.Server(config), config.bind_socket()
    thread = threading.Thread(target=lambda: server.run([listener]))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join()
    listener.close()


def _shot(page: Any, name: str) -> None:
    """A screenshot to look at, where STRANGLER_SHOTS says."""
    if folder := os.environ.get("STRANGLER_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.real
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_operator_sees_tenants_stages_refusals_usage_and_invoices_by_keyboard_alone(
    world: World, address: str, browser: Any, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme=scheme)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.insert_text(world.token("operator"))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="acme").wait_for()
    assert page.evaluate("document.activeElement.id") == "tenants"
    assert "no-tenant-workload" in page.locator("#refusal-rows").inner_text()
    assert "committed" in page.locator("#tenant-rows").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "acme"
    page.keyboard.press("Enter")
    page.locator("#usage-rows td", has_text="1,000,000,000,000").wait_for()
    assert "comes to 100.00 EUR by now" in page.locator("#charges").inner_text()
    assert page.evaluate("document.activeElement.id") == "detail-name"
    _shot(page, f"control-plane-{scheme}")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "no sideways scrolling"
    _shot(page, f"control-plane-{scheme}-narrow")
    page.get_by_role("button", name="Sign out").click()
    assert page.locator("#tenant-rows").is_hidden()
    page.get_by_label("Token").fill("nonsense")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert errors == []
    context.close()
