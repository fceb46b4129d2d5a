from __future__ import annotations

import json
from pathlib import Path

from strangler_scaffolds.proof.records import read_records


def test_what_several_processes_wrote_is_put_together(tmp_path: Path) -> None:
    tests = [
        {"kind": "call", "test": "t1", "ref": "a:f", "way": "remote", "reason": ""},
        {"kind": "call", "test": "t1", "ref": "a:g", "way": "local-only", "reason": "the clock"},
        {"kind": "outcome", "test": "t1", "id": "t1", "outcome": "passed"},
    ]
    service = [
        {"kind": "lines", "test": "t1", "lines": {"a.py": [3, 4]}},
        {"kind": "lines", "test": "t2", "lines": {"a.py": [4]}},
    ]
    for name, records in (("1", tests), ("2", service)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    seen = read_records(tmp_path)
    assert (seen.vector, seen.ways) == ({"t1": "passed"}, {"t1": {"remote", "local-only"}})
    assert seen.reasons == {"t1": "a:g: the clock"}
    assert seen.met == {("a.py", 3): {"t1"}, ("a.py", 4): {"t1", "t2"}}
