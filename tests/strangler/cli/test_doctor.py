from __future__ import annotations

import json
import shutil

import pytest

from strangler.cli import main


def test_what_is_here_is_told_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    needs = {need["name"]: need for need in json.loads(capsys.readouterr().out)["needs"]}
    assert needs["git"]["here"] is True


def test_a_missing_requirement_is_a_finding_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["doctor"]) == 1
    assert "for git: install git\n" in capsys.readouterr().out


def test_every_extra_says_which_commands_need_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("strangler.cli.extras._is_installed", lambda name: name != "libcst")
    assert main(["doctor", "--json"]) == 0
    needs = {need["name"]: need for need in json.loads(capsys.readouterr().out)["needs"]}
    assert needs["extra extract"]["here"] is False
    assert "extract, observe, prove" in needs["extra extract"]["wanted_by"]
    assert needs["extra extract"]["remedy"] == "pip install 'strangler[extract]' (libcst)"
    assert needs["extra facade"]["here"] is True
