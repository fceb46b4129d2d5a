from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from strangler.cli.options import Address, analysis_option, service_folder_option


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


@pytest.mark.parametrize("value", ["nonsense", "127.0.0.1:99999", ":80", "localhost:http"])
def test_an_address_is_a_host_and_a_port(value: str) -> None:
    listen = click.Command(
        "listen", params=[click.Option(["--at"], type=Address())], callback=lambda at: click.echo(at)
    )
    assert CliRunner().invoke(listen, ["--at", "127.0.0.1:80"]).output == "127.0.0.1:80\n"
    refused = CliRunner().invoke(listen, ["--at", value])
    assert refused.exit_code == 2
    assert f"'{value}' must be HOST:PORT" in refused.output
