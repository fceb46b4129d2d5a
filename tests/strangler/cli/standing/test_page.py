from __future__ import annotations

from collections.abc import Callable
from datetime import date

from strangler.cli.standing import Migration, Standing, page
from strangler.cli.standing.last_check import Tally
from strangler_scaffolds import Proven

DAY = date(2026, 5, 1)


def test_the_page_shows_what_is_wrong_and_escapes_what_is_named(standing: Callable[..., Standing]) -> None:
    made = page(Migration("shop", (standing(),), True, None))
    assert "&lt;team&gt;" in made and "<team>" not in made
    assert '<span class="bad">none</span>' in made
    assert made.count("class=reached") == 3  # extracted, shadow, canary
    assert '<span class="bad">' not in page(
        Migration("shop", (standing(Proven(True, DAY, True, "A", None)),), True, None)
    )


def test_errors_of_the_platform_are_marked_and_warnings_are_not(standing: Callable[..., Standing]) -> None:
    proof = Proven(True, DAY, True, "A", None)
    failing = page(Migration("shop", (standing(proof, platform=Tally(DAY, 2, 1)),), True, None))
    assert '<span class="bad">2 errors</span>' in failing
    warned = page(Migration("shop", (standing(proof, platform=Tally(DAY, 0, 1)),), True, None))
    assert "<td>1 warning</td>" in warned
