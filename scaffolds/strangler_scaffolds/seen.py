"""What was seen of calls into a seam while the monolith ran: types, changes, a few redacted examples."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from strangler.errors import StranglerError
from strangler.model import Location
from strangler_scaffolds.sources import Sources

#: Where `strangler observe` leaves what it saw, below the monolith's folder; extraction uses it if it is there.
OBSERVED = ".strangler/observed.json"
_RESULTS, _ERRORS = 6, 3


@dataclass(frozen=True)
class Observed:
    """What was seen of one function: types by how often, and a few calls with nothing private in them.

    ``most_calls`` is the highest number of calls within one test, ``uncommitted`` the calls made while the caller held
    uncommitted work, ``changed`` the arguments that the function changed, ``stuck`` why calls could not have crossed.
    """

    ref: str
    calls: int
    most_calls: int
    uncommitted: int
    arguments: Mapping[str, Mapping[str, int]]
    returns: Mapping[str, int]
    raises: Mapping[str, int]
    changed: tuple[str, ...]
    stuck: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[Mapping[str, Any], ...] = ()


def dump(seen: Sequence[Observed]) -> str:
    """What was seen, as the text of a file."""
    return json.dumps([asdict(function) for function in seen], indent=1, sort_keys=True) + "\n"


def recall(sources: Sources) -> dict[str, Observed]:
    """What an earlier observation saw, by function; nothing if there was none.

    Raises:
        StranglerError: its file cannot be read.
    """
    if not sources.exists(OBSERVED):
        return {}
    try:
        found = json.loads(sources.read(OBSERVED))
        lists = ("changed", "samples")
        return {item["ref"]: Observed(**{**item, **{name: tuple(item[name]) for name in lists}}) for item in found}
    except (ValueError, TypeError, KeyError) as error:
        hint = "run strangler observe again, or delete the file"
        raise StranglerError(
            f"cannot read what was observed: {error}", hint=hint, location=Location(OBSERVED)
        ) from error


def summarise(records: Iterable[Mapping[str, Any]]) -> list[Observed]:
    """One value per function, by ref."""
    by_ref: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        by_ref.setdefault(record["ref"], []).append(record)
    return [_summary(ref, seen) for ref, seen in sorted(by_ref.items())]


def _summary(ref: str, seen: list[Mapping[str, Any]]) -> Observed:
    names = sorted({name for record in seen for name in record["arguments"]})
    return Observed(
        ref=ref,
        calls=len(seen),
        most_calls=max(Counter(record["test"] for record in seen).values()),
        uncommitted=sum(record["uncommitted"] for record in seen),
        arguments={name: _counted(r["arguments"].get(name, "") for r in seen) for name in names},
        returns=_counted(record["returns"] for record in seen),
        raises=_counted(record["raises"] for record in seen),
        changed=tuple(sorted({name for record in seen for name in record["changed"]})),
        stuck=_counted(record.get("stuck", "") for record in seen),
        samples=_chosen(record["sample"] for record in seen if "sample" in record),
    )


def _chosen(samples: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Different examples in a fixed order: unredacted ones first, the shortest of each kind."""
    texts = {json.dumps(sample, sort_keys=True): sample for sample in samples}
    ordered = sorted(texts.items(), key=lambda item: (item[1]["redacted"], len(item[0]), item[0]))
    errors = [sample for _, sample in ordered if "error" in sample]
    results = [sample for _, sample in ordered if "result" in sample]
    return tuple([*results[:_RESULTS], *errors[:_ERRORS]])


def _counted(kinds: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(kind for kind in kinds if kind).items()))
