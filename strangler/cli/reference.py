"""The reference page of every command, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from strangler.cli.main import root

_HEAD = """\
# Commands

Made from the commands' own `--help`. Everywhere: `--plan FILE` (default `./strangler.yaml`), `--json` prints exactly
one JSON object for machines, `--quiet` prints results and errors only, `--debug` adds the traceback to a bug of ours.
Exit status: 0 fine, 1 findings, 2 usage or trouble you can do something about, 3 our bug, 130 interrupted.
"""
_COMMON = frozenset({"plan", "as_json", "quiet", "debug", "help"})


def commands_reference() -> str:
    """Every command with its words, arguments, flags and example, as Markdown."""
    return "\n".join([_HEAD, *_group(root, "strangler")]).rstrip() + "\n"


def _group(group: click.Group, path: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{path} lists {name}, but has none"
        here = f"{path} {name}"
        if isinstance(command, click.Group):
            yield from (f"## `{here}`\n", f"{_words(command)}\n", *_group(command, here))
        else:
            yield from _command(command, here)


def _command(command: click.Command, path: str) -> Iterator[str]:
    arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
    level = "##" if path.count(" ") == 1 else "###"
    yield f"{level} `{' '.join([path, *arguments])}`\n"
    yield f"{_words(command)}\n"
    options = [p for p in command.params if isinstance(p, click.Option) and p.name not in _COMMON]
    if options:
        yield from ("| flag | |", "|---|---|", *(_option(option, command) for option in options), "")


def _words(command: click.Command) -> str:
    """The help text; its example becomes a block of code."""
    text, _, example = (command.help or "").partition("\b\nExample:\n")
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]
    block = f"```text\n{example.strip()}\n```" if example else ""
    return "\n\n".join(part for part in (*paragraphs, block) if part)


def _option(option: click.Option, command: click.Command) -> str:
    record = option.get_help_record(click.Context(command))
    names, told = record if record else (option.opts[0], "")
    return f"| `{_cell(names)}` | {_cell(' '.join(told.split()))} |".replace("|  |", "| |")


def _cell(text: str) -> str:
    """Text that does not end its cell of the table."""
    return text.replace("|", "\\|")
