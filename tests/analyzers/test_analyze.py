from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from strangler.analysis import Analysis, dumps, loads
from strangler.errors import StranglerError
from strangler_analyzers import Options, analyze
from strangler_analyzers.analyze import survey

SHOP = {
    "shop/__init__.py": "",
    "shop/orders.py": "from shop import mail\n\n\ndef place(order):\n    mail.confirm(order)\n",
    "shop/mail.py": "def confirm(order): ...\n",
}


def edges(analysis: Analysis, kind: str) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in analysis.edges if edge.kind == kind]


def test_imports_and_calls_become_edges_with_their_lines(look) -> None:
    analysis = look(SHOP)
    assert edges(analysis, "import") == [("shop.orders", "shop.mail")]
    assert edges(analysis, "call") == [("shop.orders", "shop.mail")]
    call = next(edge for edge in analysis.edges if edge.kind == "call")
    assert (call.evidence[0].path, call.evidence[0].line) == ("shop/orders.py", 5)


def test_the_document_survives_its_json_form(look) -> None:
    analysis = look(SHOP)
    assert dumps(loads(dumps(analysis))) == dumps(analysis)


def test_a_module_that_would_do_harm_on_import_is_never_run(write) -> None:
    root = write({"evil.py": "import pathlib\npathlib.Path(__file__).unlink()\nraise SystemExit(9)\n"})
    analyze(root, Options(processes=1))
    assert (root / "evil.py").exists()


def test_no_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="no folder"):
        analyze(tmp_path / "missing")


def test_no_python_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="no Python files"):
        analyze(tmp_path)


def test_an_unknown_package_is_a_clear_error(write) -> None:
    with pytest.raises(StranglerError, match="no package called stop"):
        analyze(write(SHOP), Options(packages=("stop",)))


_SCRIPT = """
import sys
from pathlib import Path
from strangler.analysis import dumps
from strangler_analyzers import Options, analyze
sys.stdout.write(dumps(analyze(Path(sys.argv[1]), Options(processes=int(sys.argv[2])))))
"""


def test_the_same_source_gives_the_same_bytes_whatever_the_hash_seed(write) -> None:
    root = write(SHOP)
    outputs = set()
    for seed in ("0", "1", "77"):
        command = [sys.executable, "-c", _SCRIPT, str(root), "1"]
        done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_the_same_source_gives_the_same_bytes_whatever_the_number_of_processes(
    write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(SHOP)
    alone = dumps(survey(root, Options(processes=1)))
    monkeypatch.setattr("strangler_analyzers.gather._WORTH_WORKERS", 0)
    monkeypatch.setattr("strangler_analyzers.assemble.document._WORTH_A_COPY", 0)
    assert dumps(survey(root, Options(processes=2))) == alone


def test_tests_are_kept_beside_the_packages_that_are_wanted(look) -> None:
    files = {**SHOP, "tests/test_orders.py": "from shop.orders import place\n", "other/__init__.py": ""}
    analysis = look(files, packages=("shop",))
    assert [module.name for module in analysis.modules] == ["shop", "shop.mail", "shop.orders", "tests.test_orders"]
    assert analysis.packages == ("shop",)


def test_the_collector_is_as_it_was_and_takes_what_was_made_for_old(look) -> None:
    before = gc.get_freeze_count()  # some interpreters start with objects of their own there
    for was_on in (True, False):
        gc.enable() if was_on else gc.disable()
        try:
            look(SHOP)
            assert gc.isenabled() is was_on
            assert gc.get_freeze_count() <= before
        finally:
            gc.enable()


def test_what_others_froze_stays_frozen(look) -> None:
    gc.freeze()
    try:
        look(SHOP)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
