"""An analysis for people: text, one HTML page, Mermaid, Graphviz; nothing is worked out that JSON does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from strangler.analysis import Analysis, dumps
from strangler.errors import StranglerError
from strangler_analyzers.report.graphviz import render_dot
from strangler_analyzers.report.html import render_html
from strangler_analyzers.report.mermaid import render_mermaid
from strangler_analyzers.report.text import render_text

_FORMATS: Mapping[str, Callable[[Analysis], str]] = {
    "text": render_text,
    "json": dumps,
    "html": render_html,
    "mermaid": render_mermaid,
    "dot": render_dot,
}


def render(analysis: Analysis, form: str) -> str:
    """The analysis as ``text``, ``json``, ``html``, ``mermaid`` or ``dot``.

    Raises:
        StranglerError: another format.
    """
    if form not in _FORMATS:
        raise StranglerError(f"no format '{form}'", hint=f"known: {', '.join(_FORMATS)}")
    return _FORMATS[form](analysis)


__all__ = ["render"]
