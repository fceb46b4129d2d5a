from __future__ import annotations

from collections.abc import Callable

import pytest

from strangler.cli.standing import Standing
from strangler.model import Stage
from strangler_scaffolds import Proven


@pytest.fixture
def standing() -> Callable[..., Standing]:
    """Makes the standing of a service in the middle of its way."""
    return _standing


def _standing(proof: Proven | None = None, **fields: object) -> Standing:
    values = {
        "name": "billing",
        "owner": "<team>",
        "stage": Stage.CANARY,
        "weight": 5.0,
        "data": "shared",
        "rollout": "running",
        "upstream": None,
        "modules": 1,
        "routes": 1,
        "waived": 0,
        "crossings": 7,
        "moved": True,
        "platform": None,
        "next": "strangler facade shift billing 25",
    }
    return Standing(proof=proof, **{**values, **fields})  # type: ignore[arg-type]
