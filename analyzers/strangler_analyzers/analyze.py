"""The whole way: a folder of source → the analysis document."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path

from strangler.analysis import Analysis
from strangler_analyzers.assemble import assemble
from strangler_analyzers.detectors import World
from strangler_analyzers.gather import Gathered, gather
from strangler_analyzers.knowledge import KNOWLEDGE
from strangler_analyzers.options import Options
from strangler_analyzers.resolve import Program, resolve
from strangler_analyzers.resolve.values import Module
from strangler_analyzers.roots import imported_roots, own_package
from strangler_analyzers.seams import SeamOptions, propose
from strangler_analyzers.sources import Tree, discover, named, package_folders


def analyze(path: Path, options: Options | None = None, seams: SeamOptions | None = None) -> Analysis:
    """Analyse the source below ``path`` and propose seams; it is read, never imported or run.

    Raises:
        StranglerError: there is no such folder, or no Python in it, or a constraint cannot be met.
    """
    options = options or Options()
    return propose(survey(path, options), seams or SeamOptions(names=options.names))


def survey(path: Path, options: Options) -> Analysis:
    """The analysis without seams."""
    with _no_collector():
        tree, gathered, program = run(path, options)
        return assemble(tree, gathered, World(program), options)


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Everything made here lives to the end: looking for garbage in it costs a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def run(path: Path, options: Options) -> tuple[Tree, list[Gathered], Program]:
    """The files, their facts, and the program made of them after its abstract run."""
    tree, gathered = _renamed(*_gathered(path, options), options)
    modules = [
        Module(one.source.module, one.source.path, one.facts, is_package=one.source.is_package) for one in gathered
    ]
    return tree, gathered, resolve(modules, KNOWLEDGE)


def _gathered(path: Path, options: Options) -> tuple[Tree, list[Gathered]]:
    tree = discover(path, options)
    return tree, gather(tree, options)


def _renamed(tree: Tree, gathered: list[Gathered], options: Options) -> tuple[Tree, list[Gathered]]:
    """With the modules named as they import each other, and only the wanted packages."""
    facts = {one.source.path: one.facts for one in gathered}
    roots = imported_roots(facts, package_folders(facts))
    name = tree.root.resolve().name
    again = named(tree.root, list(facts), options, roots, name if own_package(facts, name) else "")
    by_path = {one.source.path: one for one in gathered}
    return again, [by_path[source.path]._replace(source=source) for source in again.sources]
