"""``strangler analyze``: read a code base and propose seams."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import strangler_analyzers as analyzers
from strangler.analysis import Analysis
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.seam_flags import seam_flags, seam_options
from strangler.files import write_file

_FORMATS = ("text", "json", "html", "mermaid", "dot")


@define("analyze", example="strangler analyze . --package shop --format html -o report.html")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--package", "packages", multiple=True, metavar="NAME", help="A package to look at (default: all found).")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Paths to leave out, relative to PATH.")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="What to write (default: text; json with --json).")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it.")
@click.option("--level", type=click.Choice(["function", "module"]), default="function", help="How deep to report.")
@click.option("--callgraph", is_flag=True, help="Only who calls whom: caller → callees, as JSON.")
@click.option("--no-cache", is_flag=True, help="Take all facts anew, keep none (default: PATH/.strangler/cache).")
@click.option("--processes", type=click.IntRange(min=0), default=0, help="Workers (default: one per core).")
@click.option("--max-evidence", type=click.IntRange(min=1), default=20, help="Places kept per claim.")
@seam_flags
def analyze(
    session: Session,
    path: Path,
    packages: tuple[str, ...],
    exclude: tuple[str, ...],
    form: str | None,
    output: Path | None,
    level: str,
    callgraph: bool,
    no_cache: bool,
    processes: int,
    max_evidence: int,
    **flags: Any,
) -> None:
    """Read the source below PATH (it is never run) and propose the seams it could be taken apart at."""
    options = analyzers.Options(
        packages=packages,
        exclude=exclude,
        level=level,
        max_evidence=max_evidence,
        processes=processes,
        cache=None if no_cache else path / ".strangler" / "cache",
        names=not flags["no_names"],
    )
    with session.out.progress(f"reading {path}"):
        if callgraph:
            text = json.dumps(analyzers.call_graph(path, options), indent=1) + "\n"
        else:
            analysis = _concluded(path, options, session.plan_path, flags)
            text = analyzers.render(analysis, form or ("json" if session.out.as_json else "text"))
    if output is None:
        session.out.raw(text)
        return
    write_file(output, text)
    session.out.json({"written": str(output)})
    session.out.show(f"wrote {output}")


def _concluded(path: Path, options: analyzers.Options, plan: Path, flags: dict[str, Any]) -> Analysis:
    """The analysis with seams; a plan that is there has its services come out as planned."""
    planned = plan if plan.exists() else None
    store = options.cache / "history.json" if options.cache else None
    files = [*([planned] if planned else ()), *flags["traces"], *flags["contexts"]]
    beside = (repr(sorted(flags.items())), *analyzers.beside(path, files))
    return analyzers.conclude(path, options, beside, lambda found: seam_options(path, found, planned, store, flags))


command = analyze
