"""``strangler explain``: why two modules are tied, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

import strangler_analyzers as analyzers
from strangler.analysis import Edge, load
from strangler.cli.command import Session
from strangler.cli.command import command as define


@define("explain", example="strangler explain shop.orders shop.billing")
@click.argument("a")
@click.argument("b")
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The folder to analyse (default: here).")
@click.option(
    "--analysis",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Use this analysis document (default: analyse the folder now).",
)
def explain(session: Session, a: str, b: str, root: Path, analysis: Path | None) -> None:
    """Show every tie between A and B (modules, packages or seams), each with its lines."""
    with session.out.progress("reading"):
        options = analyzers.Options(cache=root / ".strangler" / "cache")
        document = load(analysis) if analysis else analyzers.analyze(root, options)
    tie = analyzers.explain(document, a, b)
    session.out.json(_fields(tie))
    for line in _lines(tie):
        session.out.show(line)


def _fields(tie: analyzers.Tie) -> dict[str, Any]:
    return {
        "a": tie.a,
        "b": tie.b,
        "there": [_edge(edge) for edge in tie.there],
        "back": [_edge(edge) for edge in tie.back],
        "way": [_edge(edge) for edge in tie.way],
    }


def _edge(edge: Edge) -> dict[str, Any]:
    places = [{"path": one.path, "line": one.line, "symbol": one.symbol} for one in edge.evidence]
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind,
        "weight": edge.weight,
        "confidence": edge.confidence,
        "via": edge.via,
        "evidence": places,
    }


def _lines(tie: analyzers.Tie) -> Iterator[str]:
    if tie.there or tie.back:
        yield from _shown(f"{tie.a} → {tie.b}", tie.there)
        yield from _shown(f"{tie.b} → {tie.a}", tie.back)
    elif tie.way:
        yield from _shown(f"{tie.a} reaches {tie.b} only through others", tie.way)
    else:
        yield f"{tie.a} and {tie.b} are not tied, directly or through others"


def _shown(title: str, edges: Iterable[Edge]) -> Iterator[str]:
    found = list(edges)
    yield f"{title}: {sum(edge.weight for edge in found)} places in {len(found)} edges"
    for edge in found:
        via = f" via {edge.via}" if edge.via else ""
        sure = "" if edge.confidence == "certain" else f" ({edge.confidence})"
        yield f"  {edge.kind} {edge.source} → {edge.target}{via}{sure}"
        for one in edge.evidence:
            what = f"  {one.symbol}" if one.symbol else ""
            yield f"    {one.path}:{one.line}{what}"
        if edge.weight > len(edge.evidence):
            yield f"    … and {edge.weight - len(edge.evidence)} more"


command = explain
