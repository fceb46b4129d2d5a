"""Words that hold modules together although no model is named after them."""

from __future__ import annotations

from collections.abc import Sequence

from strangler_analyzers.seams.signals.vocabulary import Vocabulary

# In one folder a word says no more than the folder; in many it is a habit (``utils``), as it is beside many things.
_FEWEST_FOLDERS, _MOST_FOLDERS = 2, 5
_SHARE_OF_FOLDERS = 0.25
_MOST_THINGS = 3


def recurring_stems(paths: Sequence[Sequence[str]], words: Vocabulary) -> frozenset[str]:
    """The words of file and folder names that recur in a few folders, beside few things of the domain.

    ``paths`` has for each module its dotted name and those of the folders above it, the top first.
    """
    folders: dict[str, set[str]] = {}
    beside: dict[str, set[str]] = {}
    for path in paths:
        things: set[str] = set()
        for step in path[1:]:
            things |= words.things_in(step.rpartition(".")[2])
        for step in path[1:]:
            folder, _, last = step.rpartition(".")
            for word in words.spell(last):
                folders.setdefault(word, set()).add(folder)
                beside.setdefault(word, set()).update(things)
    most = min(_MOST_FOLDERS, _SHARE_OF_FOLDERS * len({step for path in paths for step in path[:-1]}))
    return frozenset(
        word
        for word, found in folders.items()
        if word not in words.things | words.kinds
        and _FEWEST_FOLDERS <= len(found) <= most
        and len(beside[word]) <= _MOST_THINGS
    )
