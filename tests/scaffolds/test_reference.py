from __future__ import annotations

import strangler_scaffolds as scaffolds


def test_every_rule_is_on_the_page_with_its_fix() -> None:
    page = scaffolds.crossings_reference()
    for rule in scaffolds.RULES.values():
        assert page.count(f"| `{rule.name}` |") == 1


def test_the_rules_are_under_their_verdicts() -> None:
    page = scaffolds.crossings_reference()
    refused, rest = page.split("## Left to do")
    for rule in scaffolds.RULES.values():
        assert (f"| `{rule.name}` |" in refused) == (rule.verdict is scaffolds.Verdict.REFUSE)
    assert "## Done by the tool" in rest
