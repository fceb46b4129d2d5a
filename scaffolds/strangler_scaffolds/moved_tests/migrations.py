"""Migrations that a Django service's tests start from: a test counts on the rows that they make."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Location
from strangler_scaffolds.moved_tests.reach import Reach
from strangler_scaffolds.territory import Territory, parents

# What Django's test command calls to make a database; a command of that name in an application takes its place.
_MAKING = ("createcachetable", "migrate")


def migrations_for(territory: Territory, reach: Reach) -> tuple[tuple[str, ...], str]:
    """The migrations of every application that the service has models of, and the commands of its own that run them.

    The names of their modules; none if one of them would not run.

    Some of them are no way to a database: the second value is then what the first one lacks, with its place.
    """
    below = {name for package in _packages(territory) for name in _below(territory, package)}
    found = tuple(sorted({*below, *_commands(territory)} & territory.modules.keys())) if below else ()
    lack = next(_lacks(territory, reach, found), "")
    return ((), lack) if lack else (found, "")


def _packages(territory: Territory) -> Iterator[str]:
    """The packages of migrations beside the models that the service has."""
    modelled = {model.module for model in territory.analysis.models if model.orm == "django"}
    for module in sorted(modelled & territory.taken):
        around = (f"{package}.migrations" for package in reversed([*parents(module)]))
        yield from [name for name in around if name in territory.modules][:1]


def _below(territory: Territory, package: str) -> Iterator[str]:
    return (name for name in territory.modules if name == package or name.startswith(f"{package}."))


def _commands(territory: Territory) -> Iterator[str]:
    """Commands that take the place of Django's, with their packages, of applications that the service has models of."""
    applications = {package.removesuffix(".migrations") for package in _packages(territory)}
    for application in sorted(applications):
        commands = f"{application}.management.commands"
        if any(f"{commands}.{name}" in territory.modules for name in _MAKING):
            yield from (f"{application}.management", commands, *(f"{commands}.{name}" for name in _MAKING))


def _lacks(territory: Territory, reach: Reach, migrations: tuple[str, ...]) -> Iterator[str]:
    for name in migrations:
        for one in reach.parsed(name).imports:
            if reach.module_in(one.dotted) not in migrations and not reach.has(one.dotted):
                yield f"{Location(territory.modules[name].path, one.line)} imports {one.dotted}"
