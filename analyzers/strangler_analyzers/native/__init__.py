"""Compiled twins of the abstract run and of what goes over all it found (``strangler.twins``; built by ``build``)."""

from __future__ import annotations

from pathlib import Path

from strangler.twins import Group, use

_PACKAGE = Path(__file__).parent.parent
_MODULES = (
    "strangler_analyzers.assemble.edges",
    "strangler_analyzers.assemble.functions",
    "strangler_analyzers.assemble.passing",
    "strangler_analyzers.data.access",
    "strangler_analyzers.data.subjects",
    *(f"strangler_analyzers.resolve.{path.stem}" for path in sorted(_PACKAGE.glob("resolve/[a-z]*.py"))),
)
GROUP = Group("strangler_analyzers_native", _PACKAGE, _MODULES, Path(__file__).with_name("built"))

in_use = use(GROUP)
"""Whether this process runs the twins."""
