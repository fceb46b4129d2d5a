"""The root of the command line, and the one place that catches what goes wrong."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from strangler import __version__
from strangler.cli.command import Commands
from strangler.cli.extras import missing_extra
from strangler.cli.machine import trouble_of_the_machine
from strangler.cli.output import Output, be_readable
from strangler.errors import StranglerError

EXIT_USAGE, EXIT_BUG, EXIT_INTERRUPTED = 2, 3, 130

# command → what it does; the module strangler.cli.<command> defines `command`, and is imported when it is needed.
_COMMANDS = {
    "analyze": "Read a code base and propose seams.",
    "explain": "Show why two modules are tied, line by line.",
    "what-if": "Move a module to another seam and see the new figures.",
    "plan": "Start, read, check and edit the plan.",
    "check": "Hold code, plan, traffic and manifests against each other.",
    "observe": "Run the monolith's tests or traffic and record what crosses a seam.",
    "extract": "Move a service's code out of the monolith.",
    "prove": "Run the monolith's own tests against the extracted service.",
    "update": "Bring an extracted service up to the monolith's present state.",
    "undo": "Go back to the state before an extraction.",
    "retire": "Delete the code and the shims of a service that has moved for good.",
    "scaffold": "Make the shell of a service that has no code to move.",
    "build": "Build a service's container image.",
    "up": "Run monolith, services and facade in containers.",
    "facade": "Run and steer the routing facade.",
    "deploy": "Render, check and apply the platform's manifests.",
    "tenant": "Add, show, move and remove tenants.",
    "control-plane": "Run the SaaS control plane.",
    "status": "Show where the migration stands, service by service.",
    "demo": "Run the whole story on the sample monolith.",
    "doctor": "Say what is missing here, and for which command.",
    "completion": "Print what a shell needs to complete our commands.",
}


class _Commands(Commands):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"strangler.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="strangler")
def root() -> None:
    """Takes a Python monolith apart one service at a time, and proves every step.

    Example: strangler analyze . --format html -o report.html
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 fine, 1 findings, 2 usage, 3 our bug, 130 interrupted."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    be_readable()
    out = Output(as_json="--json" in arguments)
    try:
        result = root.main(arguments, prog_name="strangler", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.UsageError as error:
        return _usage(error, out)
    except StranglerError as error:
        out.error(error)
        return EXIT_USAGE
    except ModuleNotFoundError as error:
        missing = missing_extra(error)
        if missing is None:
            return _our_bug(error, out, debug="--debug" in arguments)
        out.error(missing)
        return EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        out.note("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; point stdout elsewhere so that the final flush does not fail too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _unforeseen(error, out, debug="--debug" in arguments)


def _usage(error: click.UsageError, out: Output) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        out.note(error.format_message())
        return EXIT_USAGE
    path = error.ctx.command_path if error.ctx else "strangler"
    out.error(StranglerError(error.format_message(), hint=f"{path} --help shows what it takes"))
    return EXIT_USAGE


def _unforeseen(error: Exception, out: Output, *, debug: bool) -> int:
    trouble = trouble_of_the_machine(error) if isinstance(error, OSError) else None
    if trouble is None:
        return _our_bug(error, out, debug=debug)
    out.error(trouble)
    if debug:
        out.note("".join(traceback.format_exception(error)))
    return EXIT_USAGE


def _our_bug(error: Exception, out: Output, *, debug: bool) -> int:
    hint = "" if debug else "run it again with --debug and send us what it prints"
    message = f"this is a bug in strangler {__version__}: {type(error).__name__}: {error}"
    out.error(StranglerError(message, hint=hint))
    if debug:
        out.note("".join(traceback.format_exception(error)))
    return EXIT_BUG
