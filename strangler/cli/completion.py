"""``strangler completion``: what a shell needs to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.main import root

_HOW = {
    "bash": 'eval "$(strangler completion bash)"    # in ~/.bashrc',
    "zsh": 'eval "$(strangler completion zsh)"    # in ~/.zshrc',
    "fish": "strangler completion fish > ~/.config/fish/completions/strangler.fish",
}


@define("completion", example="strangler completion bash    # eval its output in ~/.bashrc")
@click.argument("shell", type=click.Choice(list(_HOW)))
def command(session: Session, shell: str) -> None:
    """Print the script with which SHELL completes commands, flags and files."""
    kind = get_completion_class(shell)
    assert kind is not None, f"click knows no {shell}"
    script = kind(root, {}, "strangler", "_STRANGLER_COMPLETE").source()
    session.out.json({"shell": shell, "script": script, "use": _HOW[shell]})
    if not session.out.as_json:
        session.out.raw(script)
