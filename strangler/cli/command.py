"""What every command has in common: its flags, its session, its example."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from strangler.cli.output import Output
from strangler.plan import Plan, load, load_tenants
from strangler.plan.platform import Tenant


@dataclass(frozen=True)
class Session:
    """One run of one command: where it prints, and the plan it was given."""

    out: Output
    plan_path: Path

    def plan(self) -> Plan:
        """The plan, read and checked."""
        return load(self.plan_path)

    def tenants(self) -> dict[str, Tenant]:
        """The tenants beside the plan."""
        return load_tenants(self.plan_path.parent / "tenants")

    @property
    def root(self) -> Path:
        """The monolith's folder."""
        return (self.plan_path.parent / self.plan().monolith.root).resolve()


def group(name: str, help_text: str, *, example: str) -> click.Group:
    """A command that only has sub-commands."""
    return Commands(name, help=_with_example(help_text, example), context_settings=_CONTEXT)


class Commands(click.Group):
    """A group that knows which command a mistyped one is like, and lists each with its whole first sentence."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that ``args`` begin with."""
        known = self.list_commands(ctx)
        alike = get_close_matches(args[0], known, n=1) if args and args[0] not in known else []
        if alike:
            ctx.fail(f"no command '{args[0]}'; did you mean '{alike[0]}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands; click would end each sentence after 45 letters."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(limit=200)) for name, one in found if one])


_CONTEXT = {"help_option_names": ["-h", "--help"]}


def command(
    name: str, *, example: str, parent: click.Group | None = None
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a command of a function ``(session, **parameters) -> exit status``; its docstring is the help."""

    def wrap(function: Callable[..., int | None]) -> click.Command:
        @functools.wraps(function)
        def run(*, as_json: bool, plan: Path, quiet: bool, debug: bool, **parameters: Any) -> int:
            session = Session(Output(as_json=as_json, quiet=quiet), plan)
            return function(session, **parameters) or 0

        for option in reversed(_common_options()):
            run = option(run)
        help_text = _with_example(function.__doc__ or "", example)
        made = click.command(name, help=help_text, context_settings=_CONTEXT)(run)
        if parent is not None:
            parent.add_command(made)
        return made

    return wrap


def _with_example(text: str, example: str) -> str:
    return f"{inspect.cleandoc(text)}\n\n\b\nExample:\n  {example}"


def _common_options() -> list[Callable[[Any], Any]]:
    path = click.Path(path_type=Path)
    plan_help = "The plan (default: ./strangler.yaml)."
    return [
        click.option("--plan", type=path, default=Path("strangler.yaml"), metavar="FILE", help=plan_help),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines."),
        click.option("--quiet", is_flag=True, help="Print results and errors only."),
        click.option("--debug", is_flag=True, help="On a bug of ours, print the traceback."),
    ]
