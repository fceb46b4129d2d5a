"""What a crossing is, and by which kind of rule it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from strangler.model import Finding, Location, Severity


class Verdict(StrEnum):
    """What becomes of a crossing: done by the tool, left to do, or in the way."""

    REWRITE = "rewrite"
    TODO = "todo"
    REFUSE = "refuse"


_SEVERITY = {Verdict.REWRITE: Severity.NOTE, Verdict.TODO: Severity.WARNING, Verdict.REFUSE: Severity.ERROR}


@dataclass(frozen=True)
class Rule:
    """One kind of crossing: its stable name, the verdict, what it is, and the smallest fix."""

    name: str
    verdict: Verdict
    title: str
    fix: str


@dataclass(frozen=True)
class Crossing:
    """One thing that crosses; ``waived`` is the reason a person gave in the plan for letting a refusal pass.

    ``stays`` is the module of the monolith that the seam lacks, where naming it under ``shared:`` would mend it.
    """

    rule: Rule
    message: str
    location: Location
    hint: str = ""
    waived: str = ""
    stays: str = ""

    @property
    def verdict(self) -> Verdict:
        """The rule's verdict; a refusal that was waived is left to do."""
        return Verdict.TODO if self.waived and self.rule.verdict is Verdict.REFUSE else self.rule.verdict

    @property
    def finding(self) -> Finding:
        """The crossing as a finding: a refusal is an error, the rest informs."""
        message = f"{self.message} (waived: {self.waived})" if self.waived else self.message
        return Finding(self.rule.name, message, self.location, self.hint or self.rule.fix, _SEVERITY[self.verdict])
