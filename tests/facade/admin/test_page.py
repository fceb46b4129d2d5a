"""The page in a real browser: Chromium, driven by playwright, against a facade with real workers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strangler_facade import Role, Tokens

pytestmark = pytest.mark.real
WIDE, NARROW = {"width": 1100, "height": 900}, {"width": 360, "height": 800}


@pytest.fixture
def page(browser: Any, facade: Any) -> Iterator[Any]:
    """The page of a running facade, signed in; any error of its script fails the test."""
    facade.start()
    context = browser.new_context(viewport=WIDE, color_scheme="light")
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    elsewhere: list[str] = []
    made.on("request", lambda request: None if facade.admin in request.url else elsewhere.append(request.url))
    made.goto(f"http://{facade.admin}/")
    made.get_by_label("Token").fill((facade.state / "token").read_text())
    made.keyboard.press("Enter")
    made.get_by_role("heading", name="billing").wait_for()
    yield made
    context.close()
    assert errors == []
    assert [url for url in elsewhere if not url.startswith("data:")] == []


def _shot(page: Any, name: str) -> None:
    """A screenshot to look at, where STRANGLER_SHOTS says."""
    folder = os.environ.get("STRANGLER_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def _change(page: Any, label: str, reason: str, percent: str | None = None) -> None:
    page.get_by_role("button", name=f"{label}: billing").click()
    if percent is not None:
        page.get_by_label("Users at the service").fill(percent)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("dialog").wait_for(state="hidden")


def test_a_service_is_mirrored_shifted_and_rolled_back_with_reasons(page: Any, facade: Any) -> None:
    _change(page, "Mirror", "does it answer the same?")
    _change(page, "Shift", "first customers", "25")
    page.get_by_text("25 % of its users at the service, the rest mirrored to it").wait_for()
    assert facade.client.service("billing")["weight"] == 25
    assert facade.split() > 0
    _shot(page, "canary")
    _change(page, "Roll back", "wrong totals")
    assert facade.client.service("billing")["stage"] == "shadow"
    history = page.locator("#history-lines li")
    history.filter(has_text="wrong totals").wait_for()
    assert "rollback billing" in history.first.inner_text()
    assert "weight 25 → 0" in history.first.inner_text()


def test_any_version_is_restored_from_the_history(page: Any, facade: Any) -> None:
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 40, "well")
    version = facade.client.status()["version"]
    facade.client.shift("billing", 80, "too much")
    page.get_by_role("button", name=f"Restore version {version}", exact=True).click()
    page.get_by_text("billing canary at 40 %").wait_for()
    page.get_by_label("Reason").fill("it was better before")
    _shot(page, "restore")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    page.get_by_text("40 % of its users at the service").wait_for()
    assert facade.client.history()[0]["reason"] == "it was better before"


def test_a_viewer_is_told_who_may_and_has_no_button_that_refuses(page: Any, facade: Any) -> None:
    facade.client.shadow("billing", True, "a test")
    token = Tokens(facade.state).grant("vera", Role.VIEWER)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("You are signed in as viewer: an operator can move billing.").wait_for()
    assert "signed in as vera, viewer" in page.get_by_role("status").inner_text()
    assert page.locator(".actions button, #history-lines button").count() == 0
    _shot(page, "viewer")


def test_an_illegal_move_is_explained_in_the_dialog(page: Any, facade: Any) -> None:
    _change(page, "Mirror", "a test")
    facade.client.shadow("billing", False, "somebody else was faster")
    page.get_by_role("button", name="Shift: billing").click()
    page.get_by_label("Users at the service").fill("50")
    page.get_by_label("Reason").fill("too late")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_text("has changed since you looked").or_(page.get_by_text("is not next to extracted")).wait_for()
    _shot(page, "refused")
    page.get_by_role("button", name="Cancel").click()


def test_everything_can_be_done_by_keyboard(page: Any, facade: Any) -> None:
    button = page.get_by_role("button", name="Mirror: billing")
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.keyboard.type("by keyboard alone")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Shift: billing").wait_for()
    assert facade.client.service("billing")["stage"] == "shadow"
    page.keyboard.press("Escape")


def test_differences_are_browsed_with_their_samples(page: Any, facade: Any) -> None:
    facade.client.shadow("billing", True, "a test")
    for user in range(60):
        facade.get(user=user)
    facade.until(lambda: facade.client.service("billing")["differing"] > 0, "compared answers")
    page.get_by_text("answers differ beyond noise").click()
    row = page.locator(".differences tbody tr", has_text="json:$.who")
    row.wait_for()
    assert "monolith" in row.inner_text()
    _shot(page, "differences")


def test_a_service_that_is_sent_back_shows_without_reloading(page: Any, facade: Any) -> None:
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    page.get_by_text("50 % of its users at the service").wait_for()
    facade.service.broken = True
    with facade.load():
        page.locator("#history-lines li", has_text="gate:error_excess").wait_for()
    page.get_by_text("All users at the monolith, their safe requests mirrored to the service").wait_for()
    sent_back = page.locator(".moved.alarm")
    assert "Sent back at" in sent_back.inner_text()
    assert "requests to the service failed" in sent_back.inner_text()
    assert page.title().startswith("(!) billing sent back")
    _shot(page, "sent-back")


def test_a_control_plane_that_is_gone_is_said_and_nothing_old_looks_new(page: Any, facade: Any) -> None:
    facade.client.shadow("billing", True, "a test")
    facade.kill()
    page.get_by_role("alert").get_by_text("The control plane does not answer.").wait_for()
    assert facade.get().status_code == 200
    assert page.evaluate("document.body.classList.contains('stale')")
    _shot(page, "gone")
    facade.start()
    page.get_by_text("The control plane does not answer.").wait_for(state="detached")


def test_a_service_that_does_not_answer_is_said_where_it_is_moved(page: Any, facade: Any) -> None:
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    facade.service.stop()
    with facade.load():
        page.get_by_text("billing does not answer, as 1 of 1 workers see it").wait_for()
    _shot(page, "resting")
    facade.restart_service()


def test_dark_and_narrow_screens_are_served_too(page: Any, facade: Any) -> None:
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    _shot(page, "dark")
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    _shot(page, "narrow")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for ratio in page.evaluate(_CONTRAST):
        assert ratio["value"] >= 4.5, ratio  # WCAG 2.2, 1.4.3


_CONTRAST = """() => {
  const parse = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [R, G, B] = [r, g, b].map((c) => linear(c / 255));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const back = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const nodes = [...document.querySelectorAll("h1, h2, p, li, th, td, button, summary, .stage, .users, caption")];
  return nodes.filter((node) => node.offsetParent && node.textContent.trim()).map((node) => {
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(back(node))];
    return { text: node.textContent.slice(0, 40), value: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
  });
}"""


def test_a_wrong_token_is_said_and_signing_out_forgets(browser: Any, facade: Any) -> None:
    facade.start()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://{facade.admin}/")
    page.get_by_label("Token").fill("guessed")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("This token does not count.").wait_for()
    page.get_by_label("Token").fill((facade.state / "token").read_text())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.evaluate("sessionStorage.length") == 0
    assert page.get_by_label("Token").is_visible()
    context.close()
