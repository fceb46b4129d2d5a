"""Takes the pictures of the documentation from the demonstration itself: the report, the facade's page, the dashboard.

Needs Chromium and playwright. Usage: python docs/pictures.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from strangler.demo.story import tell

IMAGES = Path(__file__).parent / "images"
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


def main() -> None:
    """Run the story, and take the pictures while everything still runs."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="strangler-pictures-") as folder:
        tell(Path(folder) / "demo", print, on_ready=lambda facts: _take(facts.look_at, Path(folder)))


def _take(look_at: dict[str, str], folder: Path) -> None:
    root = Path(look_at["plan"]).parent
    status = folder / "status.html"
    command = [sys.executable, "-m", "strangler", "status", "--format", "html", "-o", str(status)]
    subprocess.run(command, cwd=root, check=True)
    token = (root / ".strangler/facade/token").read_text(encoding="utf-8").strip()
    with sync_playwright() as playwright:
        chromium = os.environ.get("STRANGLER_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")
        _shot(page, Path(look_at["report"]).as_uri(), "report.png")
        _shot(page, status.as_uri(), "status.png")
        page.goto(look_at["traffic page"])
        page.get_by_label("Token").fill(token)
        page.keyboard.press("Enter")
        page.wait_for_timeout(2500)
        page.screenshot(path=IMAGES / "facade.png")
        browser.close()


def _shot(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / name)


if __name__ == "__main__":
    main()
