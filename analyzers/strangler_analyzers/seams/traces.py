"""Runtime evidence: OpenTelemetry spans in JSON, and the contexts of a coverage run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from strangler.analysis import Analysis
from strangler.errors import StranglerError
from strangler.model import Location

_NAMESPACE = ("code.namespace", "code.function.name", "code.function")
_FILE = ("code.file.path", "code.filepath")


def read_traces(path: Path, analysis: Analysis) -> dict[tuple[str, str], int]:
    """Calls between modules, from OTLP/JSON (one object, or one a line): a span's module calls its child's.

    A span tells its module by ``code.namespace`` or ``code.file.path``; one that tells neither stands for its parent.

    Raises:
        StranglerError: the file cannot be read or is no OTLP/JSON.
    """
    spans = {span["spanId"]: span for document in _documents(path) for span in _spans(document, path)}
    modules = _Modules(analysis)
    known = {key: modules.of(_attributes(span)) for key, span in spans.items()}
    calls: Counter[tuple[str, str]] = Counter()
    for key, span in spans.items():
        caller, callee = _nearest(span.get("parentSpanId"), spans, known), known[key]
        if caller and callee and caller != callee:
            calls[caller, callee] += 1
    return dict(sorted(calls.items()))


def read_contexts(path: Path) -> dict[str, tuple[str, ...]]:
    """The tests that ran each file, from ``coverage json --show-contexts``.

    Raises:
        StranglerError: the file cannot be read or holds no contexts.
    """
    covered: dict[str, tuple[str, ...]] = {}
    for document in _documents(path):
        files = document.get("files")
        if not isinstance(files, Mapping):
            raise StranglerError(f"{path} is no coverage report", hint="write one with: coverage json --show-contexts")
        for name, file in sorted(files.items()):
            contexts = {one for line in file.get("contexts", {}).values() for one in line if one}
            covered[name.replace("\\", "/")] = tuple(sorted(contexts))
    return covered


def _documents(path: Path) -> Iterator[Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StranglerError(f"cannot read {path}: {error.strerror}") from error
    try:
        yield json.loads(text)
        return
    except json.JSONDecodeError:
        pass
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise StranglerError(f"no JSON: {error.msg}", location=Location(str(path), number)) from error


def _spans(document: Any, path: Path) -> Iterator[dict[str, Any]]:
    resources = document.get("resourceSpans") if isinstance(document, Mapping) else None
    if resources is None:
        raise StranglerError(f"{path} holds no spans", hint="expected OTLP/JSON: an object with resourceSpans")
    for resource in resources:
        for scope in resource.get("scopeSpans", ()):
            yield from (span for span in scope.get("spans", ()) if span.get("spanId"))


def _attributes(span: Mapping[str, Any]) -> dict[str, str]:
    pairs = ((item.get("key", ""), item.get("value", {})) for item in span.get("attributes", ()))
    return {key: value["stringValue"] for key, value in pairs if "stringValue" in value}


def _nearest(key: str | None, spans: Mapping[str, Any], known: Mapping[str, str | None]) -> str | None:
    seen: set[str] = set()
    while key and key in spans and key not in seen:
        if known[key]:
            return known[key]
        seen.add(key)
        key = spans[key].get("parentSpanId")
    return None


class _Modules:
    """Finds the module of a span by what its attributes say."""

    def __init__(self, analysis: Analysis) -> None:
        self._names = {module.name for module in analysis.modules}
        self._paths = {module.path: module.name for module in analysis.modules}

    def of(self, attributes: Mapping[str, str]) -> str | None:
        for key in _NAMESPACE:
            name = attributes.get(key, "")
            while name:
                if name in self._names:
                    return name
                name = name.rpartition(".")[0]
        for key in _FILE:
            parts = attributes.get(key, "").replace("\\", "/").split("/")
            for start in range(len(parts)):
                found = self._paths.get("/".join(parts[start:]))
                if found:
                    return found
        return None
