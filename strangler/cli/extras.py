"""Which extra of the distribution brings what, and what of it is not installed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib import metadata

from strangler.errors import StranglerError

# Where a distribution is not called like its module.
_CALLED = {"jwt": "pyjwt"}
_REQUIREMENT = re.compile(r"""(?P<name>[A-Za-z0-9._-]+).*;.*extra\s*==\s*['"](?P<extra>[^'"]+)['"]""")
# Made of the others, or for us: never the one to name.
_TOGETHER = frozenset({"all", "demo", "dev", "docs"})


def missing_extra(error: ModuleNotFoundError) -> StranglerError | None:
    """What to install so that a failed import works; None if no extra brings it, which is our bug."""
    module = (error.name or "").partition(".")[0]
    extras = extras_with(module)
    if not extras:
        return None
    message = f"this command needs '{module}', which is not installed"
    return StranglerError(message, hint=f"pip install 'strangler[{extras[0]}]', or strangler[all] for every command")


def extras_with(module: str) -> list[str]:
    """The extras that install a top-level module, the smallest first."""
    distribution = _CALLED.get(module, module.replace("_", "-"))
    size = Counter(extra for _, extra in _requirements())
    found = {extra for name, extra in _requirements() if name == distribution and extra not in _TOGETHER}
    return sorted(found, key=lambda extra: (size[extra], extra))


def missing_by_extra() -> dict[str, list[str]]:
    """Extra → its distributions that are not installed here, for the extras that users choose."""
    missing: dict[str, list[str]] = {}
    for name, extra in _requirements():
        if extra not in _TOGETHER:
            lacking = missing.setdefault(extra, [])
            if name != "strangler" and not _is_installed(name):
                lacking.append(name)
    return missing


def _is_installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def _requirements() -> Iterator[tuple[str, str]]:
    try:
        requirements = metadata.requires("strangler") or []
    except metadata.PackageNotFoundError:
        return
    for requirement in requirements:
        found = _REQUIREMENT.match(requirement)
        if found:
            yield found["name"].lower().replace("_", "-"), found["extra"]
