"""ORM objects over the wire as what they are: rows of a store that both sides share, known by class and key.

With SQLAlchemy (and a scoped session) the receiving side reads the row in its own session, so that relations, changes
and identity work there as they do with a local call. Django's objects travel as ``rows``. Where the store is not
shared, nothing of this is used, and an ORM object cannot cross.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, List, Optional

from .codec import CodecError, name_of
from .rows import from_rows, held_rows, is_model


def reference(value: Any) -> Optional[Any]:
    """What a stored ORM object is found again by, or None if ``value`` is none."""
    if hasattr(type(value), "__mapper__"):
        return _sqlalchemy_key(value)
    return held_rows(value) if is_model(type(value)) else None


def _sqlalchemy_key(value: Any) -> Optional[Any]:
    inspect = sys.modules["sqlalchemy"].inspect
    state = inspect(value)
    if state.session is not None and (state.pending or state.modified):
        state.session.flush()
    return tuple(state.identity) if state.identity else None


def dereference(packages: List[str]) -> Callable[[type, Any], Any]:
    """A function that gives the object of a class with a key, in the session that the code of ``packages`` uses."""

    def find(cls: Any, key: Any) -> Any:
        found = _find(packages, cls, key)
        if found is None:
            raise CodecError(f"there is no {name_of(cls)} with the key {key!r} in the store", "value")
        return found

    return find


def _find(packages: List[str], cls: Any, key: Any) -> Any:
    if is_model(cls):
        return from_rows(key)
    if not hasattr(cls, "__mapper__"):
        raise CodecError(f"{name_of(cls)} is no ORM class", "value")
    session = _session(packages)
    known = session.identity_map.get(sys.modules["sqlalchemy"].inspect(cls).identity_key_from_primary_key(key))
    changed = known is not None and session.is_modified(known)
    return session.get(cls, key, populate_existing=not changed)


_found: Dict[str, Any] = {}


def _session(packages: List[str]) -> Any:
    """The scoped session of the application: a module-level one, or that of an extension object."""
    name = ",".join(packages)
    if name not in _found:
        _found[name] = next(iter(_scoped_sessions(packages)), None)
    if _found[name] is None:
        raise CodecError("an ORM object needs a scoped session to be looked up in, and there is none", "value")
    return _found[name]


def _scoped_sessions(packages: List[str]) -> List[Any]:
    scoped = sys.modules["sqlalchemy.orm"].scoped_session
    found = []
    for name in sorted(sys.modules):
        if name.partition(".")[0] in packages:
            for value in list(vars(sys.modules[name]).values()):
                candidates = (value, getattr(type(value), "session", None) and getattr(value, "session", None))
                found += [c for c in candidates if type(c) is scoped]
    return found


def hooks(contract: Any) -> Dict[str, Any]:
    """What a codec for ``contract`` is made with: these two, if the store is shared."""
    if contract["store"] != "shared":
        return {}
    return {"reference": reference, "dereference": dereference(list(contract["packages"]))}
