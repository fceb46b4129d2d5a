"""The whole way: a folder of source → the analysis document."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from strangler.analysis import Analysis
from strangler_analyzers.again import again
from strangler_analyzers.assemble import assemble
from strangler_analyzers.detectors import World
from strangler_analyzers.documents import Kept, Told, key_of, read_document, read_kept, write_document
from strangler_analyzers.gather import Gathered, Gathering
from strangler_analyzers.knowledge import KNOWLEDGE
from strangler_analyzers.native import in_use
from strangler_analyzers.native.stack import with_room
from strangler_analyzers.options import Options
from strangler_analyzers.resolve import Program, resolve
from strangler_analyzers.resolve.values import Module
from strangler_analyzers.roots import imported_roots, own_package
from strangler_analyzers.seams import SeamOptions, propose
from strangler_analyzers.signatures import digests
from strangler_analyzers.sources import Tree, discover, named, package_folders

_SURVEY, _CONCLUSION = "survey.bin", "conclusion.bin"


def analyze(path: Path, options: Options | None = None, seams: SeamOptions | None = None) -> Analysis:
    """Analyse the source below ``path`` and propose seams; it is read, never imported or run.

    Raises:
        StranglerError: there is no such folder, or no Python in it, or a constraint cannot be met.
    """
    options = options or Options()
    return propose(survey(path, options), seams or SeamOptions(names=options.names))


def survey(path: Path, options: Options) -> Analysis:
    """The analysis without seams; the one of the last run if nothing has changed since and there is a cache."""
    return _survey(look(path, options), options)


def _survey(found: Look, options: Options) -> Analysis:
    root, digests = found.tree.root, found.digests
    with _no_collector():
        kept = read_kept(options.cache, _SURVEY)
        if kept is not None and kept.key == key_of(root, digests, options):
            return kept.analysis
        kept = _surveyed(found, options, kept)
        write_document(options.cache, _SURVEY, kept)
        return kept.analysis


def conclude(path: Path, options: Options, beside: Iterable[str], make: Callable[[Analysis], SeamOptions]) -> Analysis:
    """The analysis with seams; the one of the last run if nothing has changed since and there is a cache.

    ``make`` gives the options of the proposal, ``beside`` is all that it looks at but the analysis itself.
    """
    found = look(path, options)
    here = dict(found.digests)
    key = key_of(path, here, options, beside)
    kept = read_document(options.cache, _CONCLUSION, key)
    if kept is not None:
        return kept
    surveyed = _survey(found, options)
    analysis = propose(surveyed, make(surveyed))
    # What changed under way may have been read before or after: such a document is not kept.
    if options.cache is not None and look(path, options).digests == here:
        write_document(options.cache, _CONCLUSION, Kept(key, here, analysis))
    return analysis


class Look(NamedTuple):
    """The files of a tree, and the hash of each."""

    tree: Tree
    digests: dict[str, str]


def look(path: Path, options: Options) -> Look:
    """What is there, before any of it is understood."""
    tree = discover(path, options)
    return Look(tree, digests(tree.root, [source.path for source in tree.sources], options.cache))


def _surveyed(found: Look, options: Options, before: Kept | None) -> Kept:
    root, digests = found.tree.root, found.digests
    now = Gathering(found.tree, digests, options)
    told: Kept | None = None
    if before is not None and before.key == key_of(root, before.digests, options):
        # Made by this version with these options: only files have changed.
        told = again(before, now, lambda analysis: _names(analysis) == _names_in(_renamed(now, options)[0]))
    if told is None:
        tree, gathered = _renamed(now, options)
        program = _resolved(gathered)
        world = World(program)
        analysis = assemble(tree, gathered, world, options)
        told = Kept(b"", {}, analysis, Told(world.names, frozenset(program.index.asked), program.scopes))
    # Files may have changed under way: what was read is what it was made from.
    return told._replace(key=key_of(root, digests, options), digests=digests)


def _names(analysis: Analysis) -> tuple[object, ...]:
    """How the modules of a document are called, and where their names start."""
    return ({one.path: one.name for one in analysis.modules}, analysis.source_roots, analysis.packages)


def _names_in(tree: Tree) -> tuple[object, ...]:
    return ({one.path: one.module for one in tree.sources}, tree.source_roots, tree.packages)


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Everything made here lives to the end: looking for garbage in it costs a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            _grown_old()
            gc.enable()


def _grown_old() -> None:
    """Let the collector take what is there for old: else its next look at what is young is a look at all of it."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()


def run(path: Path, options: Options) -> tuple[Tree, list[Gathered], Program]:
    """The files, their facts, and the program made of them after its abstract run."""
    found = look(path, options)
    tree, gathered = _renamed(Gathering(found.tree, found.digests, options), options)
    return tree, gathered, _resolved(gathered)


def _resolved(gathered: list[Gathered]) -> Program:
    modules = [
        Module(one.source.module, one.source.path, one.facts, is_package=one.source.is_package) for one in gathered
    ]
    if in_use:
        return with_room(lambda: resolve(modules, KNOWLEDGE))
    return resolve(modules, KNOWLEDGE)


def _renamed(now: Gathering, options: Options) -> tuple[Tree, list[Gathered]]:
    """With the modules named as they import each other, and only the wanted packages."""
    tree, gathered = now.tree, now.all()
    facts = {one.source.path: one.facts for one in gathered}
    roots = imported_roots(facts, package_folders(facts))
    name = tree.root.resolve().name
    again = named(tree.root, list(facts), options, roots, name if own_package(facts, name) else "")
    by_path = {one.source.path: one for one in gathered}
    return again, [by_path[source.path]._replace(source=source) for source in again.sources]
