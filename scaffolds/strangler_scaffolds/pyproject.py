"""The monolith's ``pyproject.toml``."""

from __future__ import annotations

import tomllib
from typing import Any

from strangler.errors import StranglerError
from strangler.model import Location
from strangler_scaffolds.sources import Sources

_NAME = "pyproject.toml"


def pyproject(sources: Sources) -> dict[str, Any]:
    """What it says; nothing if there is none.

    Raises:
        StranglerError: it cannot be read.
    """
    if not sources.is_file(_NAME):
        return {}
    try:
        return tomllib.loads(sources.read(_NAME).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StranglerError(f"{_NAME} cannot be read: {error}", location=Location(_NAME)) from error
