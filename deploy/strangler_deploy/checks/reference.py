"""The page of every rule: what it holds, why, what to do."""

from __future__ import annotations

from strangler_deploy.checks.rules import RULES

_HEAD = """\
# Rules of `strangler deploy check`

What each rule holds, why, and what to do about a finding; `strangler deploy check --explain RULE` says the same.
Findings name the line of the plan where they can, else the file. Errors end the command with exit 1.

Conflicts `DEPLOY-C1` to `DEPLOY-C25` are looked for in the plan and in every object of the tree, also those written by
hand. `NETWORK-*` and `IAM-*` compare what the objects allow with what the plan declares. `POLICY-*` run the tree's own
admission policies (extra `policies`).
"""


def page(examples: dict[str, tuple[str, str, str]]) -> str:
    """The page; ``examples`` has for a rule its title, what is refused and what passes."""
    lines = [_HEAD]
    for rule, explanation in RULES.items():
        lines += [
            f"## {rule}",
            "",
            explanation.holds,
            "",
            explanation.why,
            "",
            f"**What to do:** {explanation.remedy}",
            "",
        ]
        if rule in examples:
            title, refused, mended = examples[rule]
            lines += [f"Refused: {title}", "", "```yaml", refused.rstrip(), "```", "", "Mended:", "", "```yaml"]
            lines += [mended.rstrip(), "```", ""]
    return "\n".join(lines)
