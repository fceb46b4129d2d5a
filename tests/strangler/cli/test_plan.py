from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.cli import main

BROKEN = """\
version: 2
monolith: {name: Shop, packages: []}
services:
  a: {modules: [x], rout: [/x]}
  b: {modules: [x], rollout: {bake: soon}}
"""


def test_init_writes_a_plan_that_validates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "strangler.yaml")
    assert main(["plan", "init", "--plan", path, "--package", "shop", "--name", "shop"]) == 0
    assert main(["plan", "validate", "--plan", path]) == 0
    assert "no mistakes" in capsys.readouterr().out


def test_init_says_which_package_is_not_there_and_which_was_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").touch()
    path = str(tmp_path / "strangler.yaml")
    assert main(["plan", "init", "--plan", path, "--package", "shops", "--package", "shop", "--name", "shop"]) == 0
    said = capsys.readouterr().err
    assert said == (
        "warning[PLAN-PACKAGE]: no package 'shops' was found near the plan\n"
        f"  --> {path}:6\n  hint: did you mean 'shop'?\n"
    )


def test_init_never_touches_a_plan_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "strangler.yaml"
    path.write_text("mine", encoding="utf-8")
    assert main(["plan", "init", "--plan", str(path), "--package", "shop"]) == 2
    assert path.read_text(encoding="utf-8") == "mine"


def test_init_with_a_name_that_cannot_be_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "strangler.yaml"
    assert main(["plan", "init", "--plan", str(path), "--package", "shop", "--name", "No Label"]) == 2
    assert not path.exists()


def test_five_mistakes_are_shown_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "strangler.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    assert main(["plan", "validate", "--plan", str(path)]) == 2
    text = capsys.readouterr().err
    assert text.count("  --> ") == 5
    assert "has 5 mistakes" in text


def test_show_is_the_plan_with_its_defaults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "strangler.yaml")
    main(["plan", "init", "--plan", path, "--package", "shop", "--name", "shop"])
    capsys.readouterr()
    assert main(["plan", "show", "--plan", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["facade"]["admin"] == "127.0.0.1:8081"


def test_set_changes_one_value_and_no_other_byte(tmp_path: Path) -> None:
    path = tmp_path / "strangler.yaml"
    before = "version: 1  # ours\nmonolith: {name: shop, packages: [m]}\nservices:\n  a: {modules: [m.a]}\n"
    path.write_text(before, encoding="utf-8")
    assert main(["plan", "set", "services.a.upstream", "http://127.0.0.1:8101", "--plan", str(path)]) == 0
    assert path.read_text(encoding="utf-8").startswith("version: 1  # ours\nmonolith: {name: shop, packages: [m]}\n")
    assert main(["plan", "set", "facade.sticky", "{cookie: sid}", "--plan", str(path)]) == 0
    assert "sticky" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("key", "value"), [("services.a.upstreem", "x"), ("version", "7"), ("services", "[")])
def test_set_refuses_what_would_be_a_mistake_and_writes_nothing(tmp_path: Path, key: str, value: str) -> None:
    path = tmp_path / "strangler.yaml"
    text = "version: 1\nmonolith: {name: shop, packages: [m]}\nservices: {a: {modules: [m.a]}}\n"
    path.write_text(text, encoding="utf-8")
    assert main(["plan", "set", key, value, "--plan", str(path)]) == 2
    assert path.read_text(encoding="utf-8") == text


def test_a_service_is_removed_unless_the_plan_needs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "strangler.yaml"
    head = "version: 1\nmonolith: {name: shop, packages: [m]}\nservices:\n  a: {modules: [m.a]}\n"
    path.write_text(head + "  b:\n    modules: [m.b]\n    # TXN-SPAN m/b.py:1\n", encoding="utf-8")
    assert main(["plan", "remove", "b", "--plan", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == head
    assert main(["plan", "remove", "b", "--plan", str(path)]) == 2
    assert "services in the plan: a" in capsys.readouterr().err
