from __future__ import annotations

import pytest

from strangler_scaffolds.probes import wire


class Named(LookupError):
    def __init__(self) -> None:
        super().__init__("it has no name")
        self.code = 7


class Refused(Exception):
    def __init__(self, what: str, *, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.why = why


class Missing(FileNotFoundError):
    """One with fields that its base keeps outside of its attributes."""


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("error", [Named(), Refused("a", why="b"), ValueError(1), Missing(2, "gone", "x.txt")])
def test_an_exception_arrives_as_it_was_whatever_its_class_takes(error: Exception, lenient: bool) -> None:
    found = wire.loads(wire.dumps({"error": error}, lenient=lenient))["error"]
    assert (type(found), found.args, vars(found), str(found)) == (type(error), error.args, vars(error), str(error))


def test_what_is_ready_is_awaited_at_once() -> None:
    steps = wire.loads(wire.dumps(wire.Ready(3))).__await__()
    with pytest.raises(StopIteration) as done:
        next(steps)
    assert done.value.value == 3
