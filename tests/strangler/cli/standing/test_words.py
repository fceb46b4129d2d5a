from __future__ import annotations

from collections.abc import Callable
from datetime import date

from strangler.cli.standing import Migration, Standing, check_words, platform_words, proof_words
from strangler.cli.standing.last_check import LastCheck, Tally
from strangler_scaffolds import Proven

DAY = date(2026, 5, 1)


def test_a_proof_in_words(standing: Callable[..., Standing]) -> None:
    assert proof_words(standing()) == "none"
    assert proof_words(standing(moved=False)) == "-"
    assert proof_words(standing(Proven(True, DAY, True, "AA2BCD", None))) == "holds (ABCD), 2026-05-01"
    assert proof_words(standing(Proven(False, DAY, True, "ABCD", None))) == "failed (ABCD), 2026-05-01"
    assert proof_words(standing(Proven(True, DAY, False, "ABCD", None))) == "is of other code (ABCD), 2026-05-01"


def test_the_last_check_in_words() -> None:
    tallies = {"code": Tally(date(2026, 4, 3)), "traffic": Tally(DAY, 2, 1), "proofs": Tally(DAY, 0, 1)}
    checked = LastCheck(tallies, {})
    said = check_words(Migration("shop", (), True, checked))
    assert said == "last strangler check, 2026-05-01: code ok (2026-04-03), traffic 2 errors, proofs 1 warning"
    assert "has not run" in check_words(Migration("shop", (), True, None))
    assert "nothing to look at" in check_words(Migration("shop", (), True, LastCheck({}, {})))


def test_the_platform_in_words(standing: Callable[..., Standing]) -> None:
    said = [
        platform_words(standing(platform=tally)) for tally in (None, Tally(DAY), Tally(DAY, 0, 3), Tally(DAY, 1, 3))
    ]
    assert said == ["-", "ok", "3 warnings", "1 error"]
