"""The reference page of the detectors, made from their examples."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_analyzers.detectors import DETECTORS, Detector, Example


def detectors_reference() -> str:
    """``docs/reference/detectors.md``."""
    lines = [
        "# What is understood of which framework",
        "",
        "Made from the detectors' own examples, which are also their tests: `python docs/generate.py`.",
        "Each example is a set of files and, below them, exactly what is found in them.",
        "",
    ]
    for detector in DETECTORS:
        lines.extend(_detector(detector))
    return "\n".join(lines)


def _detector(detector: Detector) -> Iterator[str]:
    yield f"## {detector.name}"
    yield ""
    yield detector.understands
    yield ""
    for example in detector.examples:
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    yield f"### {example.title[0].upper()}{example.title[1:]}"
    yield ""
    for name, content in example.files.items():
        yield f"`{name}`"
        yield ""
        yield from (f"    {line}".rstrip() for line in content.rstrip("\n").split("\n"))
        yield ""
    yield "Found:"
    yield ""
    yield from (f"    {line}" for line in example.finds)
    yield ""
