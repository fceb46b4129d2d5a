from __future__ import annotations

import sqlalchemy

from strangler_scaffolds.probes.agent import _engines


class StandIn:
    """As libraries have for what is not installed: it fails as soon as it is asked for its class."""

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise ImportError("pip install it")


def test_engines_are_found_beside_stand_ins_for_what_is_not_installed() -> None:
    stand_in, engine = StandIn(), sqlalchemy.create_engine("sqlite://")
    assert engine in _engines()
    assert type(stand_in) is StandIn
