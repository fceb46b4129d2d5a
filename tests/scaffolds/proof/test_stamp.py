from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler.files import write_tree
from strangler_scaffolds import PROOFS, extracted, proof_stamp, proven

DAY = date(2026, 5, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A monolith with the record of an extraction, and a proof of it."""
    (tmp_path / "services/stock").mkdir(parents=True)
    (tmp_path / "services/stock/app.py").write_text("a = 1\n")
    (tmp_path / "orders.py").write_text("import client\n")
    records = tmp_path / ".strangler/extractions"
    records.mkdir(parents=True)
    edits = {"orders.py": {"before": None, "after": ""}}
    (records / "stock.json").write_text(json.dumps({"directory": "services/stock", "edits": edits}))
    proof = json.dumps({"holds": True, "kill_rate": 0.9, "phases": [{"phase": "A"}, {"phase": "B"}]})
    write_tree(tmp_path / PROOFS / "stock", {"proof.json": proof, **proof_stamp(tmp_path, "stock", DAY)})
    return tmp_path


def test_a_proof_is_fresh_while_the_code_is_the_same(root: Path) -> None:
    (root / "services/stock/__pycache__").mkdir()
    (root / "services/stock/__pycache__/app.pyc").write_bytes(b"x")
    found = proven(root, "stock")
    assert found is not None
    assert (found.holds, found.day, found.fresh, found.phases) == (True, DAY, True, "AB")


@pytest.mark.parametrize("path", ["services/stock/app.py", "services/stock/new.py", "orders.py"])
def test_any_change_of_the_service_or_of_the_call_sites_ends_it(root: Path, path: str) -> None:
    (root / path).write_text("changed\n")
    found = proven(root, "stock")
    assert found is not None and not found.fresh


def test_a_file_that_is_gone_ends_it(root: Path) -> None:
    (root / "orders.py").unlink()
    found = proven(root, "stock")
    assert found is not None and not found.fresh


def test_what_was_never_proven_or_extracted(root: Path) -> None:
    assert proven(root, "other") is None
    assert extracted(root, "other") is None
    assert extracted(root, "stock") == root / "services/stock"


def test_a_spoilt_proof_is_an_error(root: Path) -> None:
    (root / PROOFS / "stock/proof.json").write_text("{")
    with pytest.raises(StranglerError, match=r"cannot read .*proof\.json"):
        proven(root, "stock")
