"""Pages that are made from the code are as the code is now."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parent.parent / "docs"


def _generator() -> ModuleType:
    sys.path.insert(0, str(DOCS))  # as for one who runs it
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = _generator()


@pytest.mark.parametrize("name", sorted(GENERATOR.PAGES))
def test_a_generated_page_is_not_stale(name: str) -> None:
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == GENERATOR.PAGES[name](), "run: python docs/generate.py"


def test_the_map_of_the_house_is_what_our_own_analyzer_finds() -> None:
    text = GENERATOR.ARCHITECTURE.read_text(encoding="utf-8")
    assert text == GENERATOR.architecture(text), "run: python docs/generate.py"
