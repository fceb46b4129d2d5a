"""The paths of routes in one notation: ``/orders/{id}``."""

from __future__ import annotations

import re

from strangler.analysis import Route

_FLASK = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_FORMAT = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")


def join(*parts: str) -> str:
    """The parts one after the other, with single slashes, and a leading one."""
    path = ""
    for part in parts:
        path = path.rstrip("/") + "/" + part.lstrip("/") if path and part.startswith("/") else path + part
    return "/" + path.lstrip("/")


def from_angles(path: str) -> str:
    """``/a/<int:id>`` → ``/a/{id}`` (Flask, Django's ``path``)."""
    return _FLASK.sub(r"{\1}", path)


def angle_names(path: str) -> list[str]:
    """The names in such a path, in their order."""
    return _FLASK.findall(path)


def from_braces(path: str) -> str:
    """``/a/{id:int}`` → ``/a/{id}`` (Starlette, aiohttp)."""
    return _FORMAT.sub(r"{\1}", path)


def from_regex(pattern: str) -> str:
    r"""``^a/(?P<id>\\d+)/$`` → ``a/{id}/`` (Django's ``re_path``)."""
    pieces: list[str] = []
    place = 1 if pattern.startswith("^") else 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "(":
            end = _closing(pattern, place)
            pieces.append(_group(pattern[place : end + 1]))
            place = _after_repeat(pattern, end + 1)
        elif sign == "\\" and place + 1 < len(pattern):
            following = pattern[place + 1]
            pieces.append("" if following in "AZbB" else following)
            place += 2
        elif sign == "." and pattern[place + 1 : place + 2] in ("*", "+"):
            # Anything, as a nameless group is.
            pieces.append("{}")
            place = _after_repeat(pattern, place + 2)
        elif sign == "[" and (found := _SET.match(pattern, place)):
            # Any of some characters, once or more, is a nameless part as well.
            pieces.append("{}")
            place = _after_repeat(pattern, found.end())
        elif sign in "$^" or sign == "?":
            place += 1
        else:
            pieces.append(sign)
            place += 1
    return "".join(pieces)


def _closing(pattern: str, start: int) -> int:
    depth, place, in_set = 0, start, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif in_set:
            in_set = sign != "]"
        elif sign == "[":
            in_set = True
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if not depth:
                return place
        place += 1
    return len(pattern) - 1


def _group(group: str) -> str:
    named = re.match(r"\(\?P<([^>]+)>", group)
    if named:
        return "{" + named[1] + "}"
    if group.startswith("(?:"):
        return from_regex(group[3:-1])
    return "" if group.startswith("(?") else "{}"


def _after_repeat(pattern: str, place: int) -> int:
    return place + 1 if place < len(pattern) and pattern[place] in "?*+" else place


def route_id(methods: tuple[str, ...] | None, path: str) -> str:
    """``GET,POST /orders/{id}``, ``* /`` when any method is taken."""
    return f"{','.join(methods) if methods else '*'} {path}"


def unique(routes: list[Route]) -> list[Route]:
    """The routes in the order of their ids, which are made different; equal ones once."""
    kept: dict[tuple[str, str, tuple[str, ...] | None], Route] = {}
    for route in routes:
        kept.setdefault((route.path, route.handler, route.methods), route)
    return sorted(kept.values(), key=lambda route: (route.path, route.methods or (), route.handler))


def methods_of(names: list[str]) -> tuple[str, ...] | None:
    """Methods in upper case, sorted, without those every route has."""
    kept = sorted({name.upper() for name in names} - {"HEAD", "OPTIONS"})
    return tuple(kept) or None
