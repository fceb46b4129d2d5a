"""No file holds a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from strangler.model import Finding, Location

_VALUES = (
    ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    ("a token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|xox[abprs]-[A-Za-z0-9-]{20,}|sk_live_[A-Za-z0-9]{20,})"),
    ("a token", r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"),
    ("a password in an address", r"\b[a-z][a-z0-9+.-]*://[^/\s:@\"']+:[^/\s@\"'$]{3,}@"),
)
# Names under which a secret stands; policies may speak of them in order to refuse them.
_NAMES = (
    ("an AWS key", r"\bAWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)\b"),
    (
        "a password",
        r"(?im)^[ \t]*(?:- )?\"?[\w.-]*(?:password|passwd|secret_key|api_?key)\"?:[ \t]+[\"']?[^\s\"'{\[|>$]{6,}",
    ),
    (
        "a password",
        r"name:[ \t]+\"?[\w-]*(?:PASSWORD|PASSWD|SECRET_KEY|API_?KEY|_TOKEN)\"?[ \t]*\n[ \t]+value:[ \t]+\S",
    ),
)
_SEARCHED = tuple((meaning, re.compile(pattern)) for meaning, pattern in _VALUES)
_NAMED = tuple((meaning, re.compile(pattern)) for meaning, pattern in _NAMES)
_POLICY = re.compile(r"^kind: (?:ValidatingAdmissionPolicy|ValidatingPolicy|ConstraintTemplate)$", re.MULTILINE)
_HINT = "remove it from the plan, make it void where it was issued, and use secrets: or Pod Identity"


def leaks(tree: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for every line that looks like a secret; its value is not repeated."""
    for path, text in tree.items():
        yield from leaks_in(path, text)


def leaks_in(path: str, text: str) -> Iterator[Finding]:
    """The same for one file."""
    for meaning, pattern in (*_SEARCHED, *(() if _POLICY.search(text) else _NAMED)):
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.end()) + 1
            yield Finding("DEPLOY-SECRET", f"the file holds {meaning}", Location(path, line), _HINT)
