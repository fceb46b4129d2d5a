from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from rich.padding import Padding

from strangler.cli.output import Output, columns, counted, finding_fields
from strangler.errors import StranglerError
from strangler.model import Finding, Location


def test_an_error_is_printed_as_a_compiler_would(capsys: pytest.CaptureFixture[str]) -> None:
    Output().error(StranglerError("it is broken", hint="mend it", location=Location("plan.yaml", 3)))
    assert capsys.readouterr().err == "error: it is broken\n  --> plan.yaml:3\n  hint: mend it\n"


def test_markup_in_a_message_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    Output().error(StranglerError("[bold]x[/nonsense]"))
    assert capsys.readouterr().err == "error: [bold]x[/nonsense]\n"


def test_findings_are_printed_in_the_order_of_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    Output().findings([Finding("B", "later", Location("b")), Finding("A", "first", Location("a", 2))])
    assert capsys.readouterr().err.index("first") < 20


def test_findings_of_one_rule_at_one_line_are_read_once(capsys: pytest.CaptureFixture[str]) -> None:
    places = [Location("a", 2), Location("a", 2), Location("a", 2), Location("a", 3)]
    found = [Finding("A", f"passes {n}", place, "mend it") for n, place in enumerate(places)]
    Output().findings([*found, Finding("B", "one"), Finding("B", "two")])
    said = capsys.readouterr().err
    assert "error[A]: passes 0\n  --> a:2 (2 more like it here)\n  hint: mend it\n" in said
    assert "passes 1" not in said and "  --> a:3\n" in said
    assert "one" in said and "two" in said  # without a place nothing says that they are alike


def test_what_is_said_of_many_lines_is_read_once_with_its_first_places(capsys: pytest.CaptureFixture[str]) -> None:
    found = [Finding("A", "reads a table", Location("a", line), "mend it") for line in (9, 1, 5, 7, 3, 3)]
    Output().findings([*found, Finding("A", "writes a table", Location("a", 2), "mend it")])
    said = capsys.readouterr().err
    places = "  --> a:1\n  --> a:3\n  --> a:5\n  --> and 2 more places (--json has all)\n"
    assert said.startswith(f"error[A]: reads a table\n{places}  hint: mend it\n")
    assert said.count("error[A]") == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Output().show('a → b')", "a ? b"),
        ("Output().raw('a → b')", "a → b"),
        ("Output(as_json=True).json('→')", '"→"'),
    ],
)
def test_a_terminal_that_lacks_letters_gets_question_marks_and_documents_whole(words: str, expected: str) -> None:
    code = f"from strangler.cli.output import Output, be_readable; be_readable(); {words}"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.decode().strip() == expected


def test_a_table_that_no_terminal_shows_has_a_line_per_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    table = columns("all of it", "service", "what")
    table.add_row("a" * 70, "b" * 70)
    Output().show(table, Padding("indented", (0, 0, 0, 2)))
    said = capsys.readouterr().out
    assert f"{'a' * 70}  {'b' * 70}\n" in said
    assert said.endswith("\n  indented\n")


def test_no_table_cuts_anything_off_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table = columns("all of it", "service", "what")
    table.add_row("a" * 70, "b" * 70)
    Output().show(table)
    said = capsys.readouterr().out
    assert (said.count("a") - 2, said.count("b"), "…" in said) == (70, 70, False)


def test_one_is_not_many() -> None:
    assert [counted(n, "service") for n in (0, 1, 2)] == ["0 services", "1 service", "2 services"]


def test_json_is_the_only_thing_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(as_json=True)
    out.show("words")
    out.note("more words")
    out.json({"b": 1, "a": "é"})
    captured = capsys.readouterr()
    assert captured.out == '{"a": "é", "b": 1}\n'
    assert captured.err == ""


def test_quiet_keeps_results_and_drops_notes(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(quiet=True)
    out.show("result")
    out.note("note")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "")


def test_no_progress_is_shown_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().progress("working") as progress:
        assert progress is None
    assert capsys.readouterr().err == ""


def test_a_finding_is_json() -> None:
    fields = finding_fields(Finding("R", "m", Location("p", 1), "h"))
    assert json.loads(json.dumps(fields))["location"] == {"path": "p", "line": 1}
