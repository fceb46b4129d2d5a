"""Flags that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from strangler.plan.fields import address


def analysis_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The flag ``--analysis FILE``, given to the command as ``document``."""
    option = click.option(
        "--analysis",
        "document",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Use this analysis document (default: analyse the plan's monolith now).",
    )
    return option(function)


def service_folder_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The flag ``-o, --output DIR`` of commands that write a service, given to the command as ``output``."""
    option = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Where to write the service (default: services/SERVICE).",
    )
    return option(function)


class Address(click.ParamType):  # type: ignore[type-arg]
    """A HOST:PORT to listen on."""

    name = "H:P"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check it as the plan's are."""
        try:
            return address(value)
        except ValueError as error:
            self.fail(f"'{value}' {error}", param, ctx)
