"""One page that opens from disk: style, script and data are all inside it."""

from __future__ import annotations

import html
import json
import re
from importlib.resources import files
from typing import Any

from strangler.analysis import Analysis
from strangler_analyzers.report.payload import payload
from strangler_analyzers.report.shorten import shorten
from strangler_analyzers.report.title import title

_MARK = re.compile(r"\{\{(\w+)\}\}")

# In the order in which the browser reads them; each may use what stands before it.
_SCRIPTS = ("dom.js", "model.js", "layout.js", "map.js", "matrix.js", "lists.js", "panel.js", "page.js")


def render_html(analysis: Analysis) -> str:
    """The page as text; it asks nothing of the network."""
    assets = files("strangler_analyzers.report") / "assets"
    read = {name: (assets / name).read_text(encoding="utf-8") for name in ("page.html", "page.css", *_SCRIPTS)}
    script = "\n".join(read[name] for name in _SCRIPTS)
    mark, names, data = shorten(_compact(payload(analysis)))
    parts = {
        "title": html.escape(title(analysis)),
        "style": read["page.css"],
        "names": embedded(_compact([mark, names])),
        "data": embedded(data),
        "script": f'"use strict";\n(() => {{\n{script}\n}})();',
    }
    return _MARK.sub(lambda match: parts[match[1]], read["page.html"])


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def embedded(data: str) -> str:
    """JSON that cannot end the script element it stands in, whatever names it holds."""
    return data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
