"""A document after a few files changed, made from that of the last run where it can be told what that comes to."""

from __future__ import annotations

from collections.abc import Callable

from strangler.analysis import Analysis
from strangler_analyzers.assemble.moved import moved
from strangler_analyzers.assemble.retold import retold
from strangler_analyzers.documents import Kept, Told
from strangler_analyzers.facts import Facts, moves
from strangler_analyzers.gather import Gathered, Gathering
from strangler_analyzers.resolve.loaders import can_be_loaded
from strangler_analyzers.resolve.program import most_visits

# More changed files are another branch: looking at each costs more than it saves.
_MOST = 50


def again(kept: Kept, now: Gathering, are_named_alike: Callable[[Analysis], bool]) -> Kept | None:
    """What a run from nothing gives now, if of every file that changed since it can be told; else None.

    ``are_named_alike`` says whether the modules still have the names they have in a document.
    """
    if now.digests.keys() != kept.digests.keys():
        return None
    changed = [source for source in now.tree.sources if now.digests[source.path] != kept.digests[source.path]]
    names = {module.path: module.name for module in kept.analysis.modules}
    found: Kept | None = kept if len(changed) <= _MOST else None
    imports_alike = True
    for source in changed:
        old = now.before(source, kept.digests[source.path])
        if found is None or old is None or source.path not in names:
            return None
        one = now.one(source)
        imports_alike = imports_alike and _imported(old) == _imported(one.facts)
        found = _after(found, one, names[source.path], old)
    return found if imports_alike or are_named_alike(kept.analysis) else None


def _after(kept: Kept, one: Gathered, name: str, old: Facts) -> Kept | None:
    """The same after the file of the module called ``name`` changed."""
    new = one.facts
    where = moves(old, new)
    if where is not None and (old.names, old.tokens) == (new.names, new.tokens):
        analysis = moved(kept.analysis, one, old, where)
        return kept._replace(analysis=analysis) if analysis is not None else None
    told = kept.told._replace(scopes=kept.told.scopes + len(new.scopes) - len(old.scopes))
    changed = {name.lower() for _, name in can_be_loaded(old) ^ can_be_loaded(new)}
    if not _is_a_test(one, old) or not _runs_alike(kept.told, told, changed):
        return None
    return kept._replace(analysis=retold(kept.analysis, one, name, old, told.names), told=told)


def _is_a_test(one: Gathered, old: Facts) -> bool:
    """Whether it is and was a test that could be read: nothing in it is run, and no framework is looked for in it."""
    grades = {old.grade, one.facts.grade}
    return grades == {"light"} and "tests" in one.source.roles and not old.problems and not one.facts.problems


def _runs_alike(before: Told, now: Told, names: set[str]) -> bool:
    """Whether a run goes as the last one went, if these names come or go in a test.

    All that a run reads of a test is whether it has a name that is looked for, and how many bodies are in it.
    """
    return names.isdisjoint(before.asked) and most_visits(before.scopes) == most_visits(now.scopes)


def _imported(facts: Facts) -> set[str]:
    """The modules by whose imports it is found where names start."""
    return {one.module for one in facts.imports if not one.level}
