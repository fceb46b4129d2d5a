from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner

from strangler.cli.options import analysis_option, service_folder_option


@click.command()
@analysis_option
def shown(document: Path | None) -> None:
    click.echo(repr(document))


def test_the_document_is_given_as_a_path_or_not_at_all() -> None:
    assert CliRunner().invoke(shown, ["--analysis", "a.json"]).output == f"{Path('a.json')!r}\n"
    assert CliRunner().invoke(shown, []).output == "None\n"


@click.command()
@service_folder_option
def written(output: Path | None) -> None:
    click.echo(repr(output))


def test_a_services_folder_is_given_as_a_path_or_not_at_all() -> None:
    assert CliRunner().invoke(written, ["-o", "there"]).output == f"{Path('there')!r}\n"
    assert CliRunner().invoke(written, []).output == "None\n"
