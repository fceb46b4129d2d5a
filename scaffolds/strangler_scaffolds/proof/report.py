"""A proof as one page for people and one object for machines."""

from __future__ import annotations

import hashlib
import html
import json
from collections import Counter
from typing import Any

from strangler_scaffolds.proof.verdict import Phase, Proof

_STYLE = """
:root { color-scheme: light dark; } body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
.good { color: #0a7d33; } .bad { color: #c5221f; } code { font-size: 90%; } td.number { text-align: right; }
@media (prefers-color-scheme: dark) { .good { color: #6fd08c; } .bad { color: #ff8a80; } }
"""  # noqa: E501 - a style sheet


def digest(phase: Phase) -> str:
    """The phase's result vector in twelve letters: equal vectors have equal digests."""
    text = "\n".join(f"{test} {outcome}" for test, outcome in sorted(phase.vector.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def as_json(proof: Proof) -> dict[str, Any]:
    """Everything a machine may want, in a fixed order and without times."""
    return {
        "service": proof.service,
        "commit": proof.commit,
        "holds": proof.holds,
        "flaky": sorted(proof.flaky),
        "phases": [_phase(proof, phase) for phase in proof.phases],
        "touching": proof.touching,
        "local_only": proof.local_only,
        "local_only_share": round(proof.local_only_share, 4),
        "kill_rate": proof.kill_rate,
        "mutants": [
            {"path": m.path, "line": m.line, "what": m.what, "killed_by": list(m.killed_by), "met_by": m.met_by}
            for m in proof.mutants
        ],
    }


def _phase(proof: Proof, phase: Phase) -> dict[str, Any]:
    differences = proof.differences(phase)
    return {
        "phase": phase.name,
        "title": phase.title,
        "tests": len(phase.vector),
        "outcomes": dict(phase.counts),
        "digest": digest(phase),
        "ways": dict(sorted(Counter(way for ways in phase.ways.values() for way in ways).items())),
        "differences": [{"test": test, "before": before, "now": now} for test, before, now in differences],
    }


def as_html(proof: Proof) -> str:
    """One self-contained page."""
    verdict = '<p class="good">The proof holds.</p>' if proof.holds else '<p class="bad">The proof does not hold.</p>'
    found = [finding.message for finding in proof.findings()]
    parts = [f"<h1>{html.escape(proof.service)}: proof of equivalence</h1>", verdict, _list(found), _phases(proof)]
    parts.append(
        f"<p>{proof.touching} tests reach the seam; {len(proof.local_only)} are proven with local code only.</p>"
    )
    if proof.local_only:
        parts.append(_list([f"{test}: {reason}" for test, reason in proof.local_only.items()]))
    if proof.mutants:
        parts += [f"<h2>Faults put into the service: {proof.kill_rate:.0%} noticed</h2>", _mutants(proof)]
    if proof.flaky:
        parts += ["<h2>Tests that differ by themselves</h2>", _list(sorted(proof.flaky))]
    title = html.escape(f"{proof.service}: proof")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _phases(proof: Proof) -> str:
    rows = []
    for phase in proof.phases:
        differences = proof.differences(phase)
        shade = "bad" if differences else "good"
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in phase.counts.items())
        ways = ", ".join(f"{n} {way}" for way, n in _phase(proof, phase)["ways"].items())
        cells = [phase.name, phase.title, html.escape(outcomes), ways, f"<code>{digest(phase)}</code>"]
        rows.append(f"<tr>{''.join(f'<td>{c}</td>' for c in cells)}<td class='{shade}'>{len(differences)}</td></tr>")
    head = (
        "<tr><th></th><th>tests run</th><th>outcomes</th><th>tests by way</th><th>vector</th><th>differences</th></tr>"
    )
    return f"<table>{head}{''.join(rows)}</table>"


def _mutants(proof: Proof) -> str:
    rows = []
    for mutant in proof.mutants:
        shade = "good" if mutant.killed_by else "bad"
        place = f"{mutant.path}:{mutant.line}"
        rows.append(
            f"<tr><td><code>{html.escape(place)}</code></td><td>{html.escape(mutant.what)}</td>"
            f"<td class='{shade}'>{html.escape(mutant.fate)}</td></tr>"
        )
    return f"<table><tr><th>place</th><th>fault</th><th>noticed by</th></tr>{''.join(rows)}</table>"


def _list(items: list[str]) -> str:
    return "" if not items else "<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in items) + "</ul>"


def dumps(proof: Proof) -> str:
    """The JSON form as text."""
    return json.dumps(as_json(proof), indent=1, ensure_ascii=False) + "\n"
