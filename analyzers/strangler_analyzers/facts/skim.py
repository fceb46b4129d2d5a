"""Leaves the bodies of functions out of a text before it is parsed: most of a test file is what nobody asks for.

Lines keep their numbers. A function whose end its lines do not tell for sure keeps its body.
"""

from __future__ import annotations

import re
from functools import cache

_DEF = re.compile(r"^([ ]*)(?:async[ ]+)?def[ ]+\w+[ ]*(?=\()", re.MULTILINE)
_IMPORT = re.compile(r"^ +(?:import|from)\s", re.MULTILINE)

_STRING = r""""(?!"")(?:[^"\\\n]++|\\[^\n])*+"|'(?!'')(?:[^'\\\n]++|\\[^\n])*+'"""
_LONG = r'''"""(?:[^"\\]++|\\.|"(?!""))*+(?:"""|\Z)|\'\'\'(?:[^'\\]++|\\.|'(?!\'\'))*+(?:\'\'\'|\Z)'''
# What may go on over the end of a line outside of brackets; before it, anything else, read at one go.
_OVER_LINES = re.compile(
    rf"""(?:[^"'#\\]++|#[^\n]*+|{_STRING})*+({_LONG}|"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|\\.?|\Z)""",
    re.DOTALL,
)
_PLAIN_HEAD = re.compile(r"""\([^()\[\]{}"'#:]*+\)[ ]*(?:->[ ]*[\w.]+[ ]*)?:[ ]*\n""")
_TOKEN = re.compile(rf"{_STRING}|#[^\n]*|[()\[\]{{}}:\n]")
_REST_OF_HEAD = re.compile(r"[ ]*(?:#[^\n]*)?\n")


def skim(text: str) -> str:
    """``text`` with the bodies of its functions replaced by a ``pass`` on their last lines.

    Functions that import keep their bodies.
    """
    if "def " not in text or "\t" in text or "\f" in text:
        return text
    logical = _logical(text)
    pieces: list[str] = []
    done = position = 0
    while match := _DEF.search(logical, position):
        start = _body_start(logical, match.end())
        if start is None:
            position = match.end()
            continue
        position = end = _body_end(logical, start, len(match[1]))
        last = _last_line(logical, start, end)
        if last is None or _IMPORT.search(logical, start, end):
            continue
        line = text.rfind("\n", start, last - 1) + 1 or start
        pieces += (text[done:start], "\n" * text.count("\n", start, line), match[1], " pass\n")
        done = last
    return "".join([*pieces, text[done:]])


def _logical(text: str) -> str:
    """``text`` without line ends where a string or a backslash goes over them; every place stays where it is."""
    if '"""' not in text and "'''" not in text and "\\\n" not in text:
        return text
    pieces: list[str] = []
    done = 0
    for match in _OVER_LINES.finditer(text):
        if "\n" in match[1]:
            start, end = match.span(1)
            pieces += (text[done:start], "'", "_" * (end - start - 2), "'")
            done = end
    return "".join([*pieces, text[done:]])


def _body_start(text: str, position: int) -> int | None:
    """Where the line after a header begins whose bracket opens at ``position``; None if its body is on its line."""
    if plain := _PLAIN_HEAD.match(text, position):
        return plain.end()
    depth = 0
    for token in _TOKEN.finditer(text, position):
        sign = token[0]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == ":" and not depth:
            rest = _REST_OF_HEAD.match(text, token.end())
            return rest.end() if rest else None
        elif sign == "\n" and not depth:
            return None
    return None


def _body_end(text: str, start: int, indent: int) -> int:
    """Where the first line begins that is indented as the header is, or less."""
    found = _dedented(indent).search(text, start)
    return found.start() if found else len(text)


@cache
def _dedented(indent: int) -> re.Pattern[str]:
    return re.compile(rf"^ {{0,{indent}}}+(?=[^ \n#])", re.MULTILINE)


def _last_line(text: str, start: int, end: int) -> int | None:
    """Where the last line of code between ``start`` and ``end`` ends; None if there is no code."""
    while end > start:
        line = text.rfind("\n", start, end - 1) + 1 or start
        code = text[line:end].strip()
        if code and code[0] != "#":
            return end
        end = line
    return None
