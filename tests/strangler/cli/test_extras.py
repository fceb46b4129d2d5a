from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from strangler.cli import main
from strangler.cli.extras import extras_with, missing_extra


@pytest.mark.parametrize(
    ("module", "extras"),
    [
        ("libcst", ["extract"]),
        ("networkx", ["analyze"]),
        ("kubernetes_validate", ["deploy", "control-plane"]),
        ("tree_sitter_python", ["analyze"]),
        ("jwt", ["control-plane"]),
        ("fastapi", ["facade", "control-plane"]),
        ("nothing", []),
    ],
)
def test_each_module_has_its_extra(module: str, extras: list[str]) -> None:
    assert extras_with(module) == extras


def test_a_module_of_ours_that_is_missing_is_our_bug() -> None:
    assert missing_extra(ModuleNotFoundError("no", name="strangler_analyzers.gone")) is None


def test_a_command_without_its_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(name: str) -> None:
        raise ModuleNotFoundError("No module named 'libcst'", name="libcst")

    monkeypatch.setattr(sys.modules["strangler.cli.main"], "importlib", SimpleNamespace(import_module=refuse))
    assert main(["extract", "billing"]) == 2
    assert "pip install 'strangler[extract]'" in capsys.readouterr().err
