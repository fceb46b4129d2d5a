"""The reference page of all crossings, made from the rules."""

from __future__ import annotations

from strangler_scaffolds.crossings import RULES, Verdict

_HEAD = """\
# Crossings

What crosses a seam's border, and what becomes of it. `strangler extract SERVICE --check` lists them, with file and
line.

A *rewrite* is done by the tool and shown in the diff. A *todo* works now, and asks for a decision later. A *refusal*
stops the extraction: mend it, or waive it by name in the plan, with a reason:

```yaml
services:
  billing:
    waive: [{rule: TXN-SPAN, at: "shop/orders/views.py:212", reason: "agreed with the team on 2026-11-20"}]
```

`at` is the place as it is printed, or a path for every place in that file.

All of it comes from the function level of the analysis document. What that cannot see (a computed import, a call
through `getattr`) shows up as a difference in `strangler prove`.
"""
_TITLES = {Verdict.REFUSE: "Refusals", Verdict.TODO: "Left to do", Verdict.REWRITE: "Done by the tool"}


def crossings_reference() -> str:
    """docs/reference/crossings.md."""
    parts = [_HEAD]
    for verdict, title in _TITLES.items():
        parts.append(f"\n## {title}\n\n| rule | what it is | smallest fix |\n|---|---|---|\n")
        rules = sorted((rule for rule in RULES.values() if rule.verdict is verdict), key=lambda rule: rule.name)
        parts += [f"| `{rule.name}` | {_cell(rule.title)} | {_cell(rule.fix)} |\n" for rule in rules]
    return "".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*args", "\\*args").replace("**kwargs", "\\*\\*kwargs")
