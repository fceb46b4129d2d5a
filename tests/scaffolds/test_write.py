from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.errors import OutputError


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small.lay_out(tmp_path / "monolith")


def extracted(root: Path) -> None:
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    scaffolds.write(done, root, root.parent / "service")


def test_undo_gives_back_the_tree_of_before(root: Path) -> None:
    before = tree(root)
    extracted(root)
    assert tree(root) != before
    scaffolds.undo("stock", root)
    assert tree(root) == before


def test_undo_refuses_when_a_changed_file_was_changed_again(root: Path) -> None:
    extracted(root)
    path = root / "shop/orders/service.py"
    path.write_text(path.read_text() + "# mine\n")
    with pytest.raises(OutputError) as caught:
        scaffolds.undo("stock", root)
    assert "shop/orders/service.py" in caught.value.hint
    assert path.read_text().endswith("# mine\n")


def test_nothing_is_written_when_a_file_changed_since_it_was_read(root: Path) -> None:
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    (root / "shop/orders/service.py").write_text("# another\n")
    before = tree(root)
    with pytest.raises(OutputError):
        scaffolds.write(done, root, root.parent / "service")
    assert tree(root) == before
    assert not (root.parent / "service").exists()


def test_a_folder_that_is_no_service_is_never_replaced(root: Path) -> None:
    mine = root.parent / "service"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine")
    with pytest.raises(OutputError):
        extracted(root)
    assert tree(mine) == {"notes.txt": b"mine"}
    assert tree(root) == tree(small.lay_out(root.parent / "again"))


def test_file_modes_stay(root: Path) -> None:
    path = root / "shop/orders/service.py"
    path.chmod(0o755)
    extracted(root)
    assert path.stat().st_mode & 0o777 == 0o755


def test_the_diff_shows_each_change(root: Path) -> None:
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    text = "".join(scaffolds.diff(done))
    assert "--- a/shop/orders/service.py\n+++ b/shop/orders/service.py\n" in text
    assert "+from shop.service_clients.stock import service as stock  # who has it\n" in text


def monolith(root: Path) -> dict[str, bytes]:
    """The monolith's own files: what is being staged beside them, and the record, are not of it."""
    return {path: data for path, data in tree(root).items() if path.startswith("shop/")}


def test_killed_at_any_point_the_monolith_is_the_old_one_or_the_new_one(root: Path) -> None:
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    before = monolith(root)
    started = time.perf_counter()
    scaffolds.write(done, root, root.parent / "service")
    took = time.perf_counter() - started
    after = monolith(root)
    scaffolds.undo("stock", root)
    # How long a copy takes depends on the machine's other work: the span of the kills follows what they meet.
    draw, seen, span = random.Random(7), {"before": 0, "after": 0}, 1.5 * took
    for _ in range(50):
        child = os.fork()
        if child == 0:
            scaffolds.write(done, root, root.parent / "service")
            os._exit(0)
        time.sleep(draw.uniform(0, span))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = monolith(root)
        assert found in (before, after)
        seen["after" if found == after else "before"] += 1
        span *= 0.9 if found == after else 1.1
        if found == after:
            scaffolds.undo("stock", root)
    assert min(seen.values()) > 0, seen


def test_what_an_extraction_put_into_the_monolith_is_known_until_it_is_undone(root: Path) -> None:
    assert scaffolds.generated(root) == frozenset()
    before = tree(root)
    extracted(root)
    made = {path for path in tree(root) if path not in before and not path.startswith(".strangler/")}
    assert scaffolds.generated(root) == made
    scaffolds.undo("stock", root)
    assert scaffolds.generated(root) == frozenset()
