from __future__ import annotations

from collections.abc import Callable
from datetime import date

from strangler.cli.standing import Migration, Standing, page
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
