"""What a proof found, as values; whether it holds is decided here and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from strangler.model import Finding, Severity
from strangler_scaffolds.proof.stamp import PROOFS


@dataclass(frozen=True)
class Phase:
    """One run of the whole test-suite: outcome by test, and the ways (``remote``, ``local-only`` …) each test took.

    ``reasons`` says for a test why something in it was run locally only; ``met`` by which tests a line of the service's
    code (path below its folder, number) was run, where that was followed. ``said`` is the end of what the run printed,
    with that of the service's processes.
    """

    name: str
    title: str
    vector: Mapping[str, str]
    ways: Mapping[str, frozenset[str]]
    reasons: Mapping[str, str]
    seconds: float
    said: str = ""
    last_words: str = ""
    met: Mapping[tuple[str, int], frozenset[str]] = field(default_factory=dict)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many tests ended in which way."""
        return dict(sorted(Counter(self.vector.values()).items()))


@dataclass(frozen=True)
class MutantResult:
    """A fault that was put into the service, and the tests that noticed (none: it survived).

    ``met_by`` is how many tests run the code that it is in; where that is none, nothing was there to notice it.
    """

    path: str
    line: int
    what: str
    killed_by: tuple[str, ...]
    met_by: int = 0

    @property
    def fate(self) -> str:
        """Who noticed, or why nobody did."""
        if self.killed_by:
            return self.killed_by[0]
        return f"none of the {self.met_by} tests that run this code" if self.met_by else "no test runs this code"


@dataclass(frozen=True)
class Proof:
    """All phases of one proof; ``flaky`` are tests whose outcome differed between the two baseline runs."""

    service: str
    phases: tuple[Phase, ...]
    mutants: tuple[MutantResult, ...] = ()
    local_only_ceiling: float = 0.10
    kill_floor: float = 0.80
    commit: str = ""

    @property
    def baseline(self) -> Phase:
        """The monolith as it was."""
        return self.phases[0]

    @cached_property
    def flaky(self) -> frozenset[str]:
        """Tests that do not even agree with themselves."""
        again = next((phase for phase in self.phases if phase.name == "A2"), self.baseline)
        tests = {*self.baseline.vector, *again.vector}
        return frozenset(t for t in tests if self.baseline.vector.get(t) != again.vector.get(t))

    def differences(self, phase: Phase) -> list[tuple[str, str, str]]:
        """(test, outcome in the baseline, outcome here) of each test that is not flaky and differs."""
        tests = sorted({*self.baseline.vector, *phase.vector} - self.flaky)
        pairs = ((t, self.baseline.vector.get(t, "absent"), phase.vector.get(t, "absent")) for t in tests)
        return [(test, before, now) for test, before, now in pairs if before != now]

    def ended(self, phase: Phase) -> str:
        """How one phase ended, in a line: for who waits for the next one."""
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in phase.counts.items()) or "no test"
        said = f"{phase.name}: {outcomes} in {phase.seconds:.0f} s"
        differing = [test for test, _, _ in self.differences(phase)]
        if phase.name in ("A", "A2") or not differing:
            return said
        return f"{said}; {len(differing)} not as in A: {_first_of(differing)}"

    @property
    def remote(self) -> Phase | None:
        """The phase against the real service, if it was run."""
        return next((phase for phase in self.phases if phase.name == "D"), None)

    @property
    def local_only(self) -> dict[str, str]:
        """Tests in which something was proven with local code only, with the reason."""
        remote = self.remote
        ways = remote.ways if remote else {}
        return {t: (remote.reasons.get(t, "") if remote else "") for t, w in sorted(ways.items()) if "local-only" in w}

    @property
    def compared(self) -> Phase | None:
        """The last phase that was compared with the baseline, the one nearest to what will be; None if none was."""
        return next((phase for phase in reversed(self.phases) if phase.name in ("B", "C", "D")), None)

    @property
    def touching(self) -> int:
        """How many tests reach the seam at all."""
        return len(set(self.compared.ways) - {""}) if self.compared else 0

    @property
    def red(self) -> list[str]:
        """Tests that fail in the monolith as it is."""
        return sorted(test for test, outcome in self.baseline.vector.items() if outcome in ("failed", "error"))

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it; what only informs does not."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings())

    @property
    def local_only_share(self) -> float:
        """The share of tests that reach the seam and were proven with local code only."""
        return len(self.local_only) / self.touching if self.touching else 0.0

    @property
    def kill_rate(self) -> float | None:
        """The share of mutants that some test noticed; None if there were none."""
        return sum(bool(m.killed_by) for m in self.mutants) / len(self.mutants) if self.mutants else None

    def findings(self) -> Iterator[Finding]:
        """Why the proof does not hold; nothing, or what only informs, if it does."""
        if not self.baseline.vector:
            hint = f"check monolith.test in the plan; it ended with: {self.baseline.last_words or 'nothing'}"
            yield Finding("PROOF-EMPTY", "the test command ran no test", hint=hint)
            return
        yield from self._baseline()
        for phase in self.phases[1:]:
            if phase.name == "A2":
                continue
            yield from self._differing(phase)
        yield from self._weak()

    def _differing(self, phase: Phase) -> Iterator[Finding]:
        """One finding for all tests that ended in another way alike: mostly they have one cause."""
        alike: dict[tuple[str, str], list[str]] = {}
        for test, before, now in self.differences(phase):
            alike.setdefault((before, now), []).append(test)
        for (before, now), tests in sorted(alike.items()):
            said = f"{tests[0]} was {before} and is {now}"
            if len(tests) > 1:
                said = f"{len(tests)} tests were {before} and are {now}: {_first_of(tests)}"
            yield Finding("PROOF-DIFFERS", f"{phase.name}: {said}", hint=self._where(phase))

    def _where(self, phase: Phase) -> str:
        return f"what it printed: {PROOFS}/{self.service}/{phase.name}.log"

    def _baseline(self) -> Iterator[Finding]:
        """What says that there was nothing to compare, or little."""
        if self.compared is None:
            yield Finding("PROOF-ALONE", "nothing was compared with the monolith as it was", hint="--phases ABCD")
        if self.red:
            only = len(self.red) == len(self.baseline.vector)
            count = f"{len(self.red)} of {len(self.baseline.vector)} tests"
            message = f"{count} fail in the monolith as it is: {_first_of(self.red)}"
            severity = Severity.ERROR if only else Severity.WARNING
            yield Finding(
                "PROOF-RED", message, hint=f"they prove nothing; {self._where(self.baseline)}", severity=severity
            )

    def _weak(self) -> Iterator[Finding]:
        if self.compared is not None and not self.touching:
            hint = "write one that does, or prove another seam"
            yield Finding("PROOF-BLIND", "no test reaches the seam", hint=hint)
        if self.local_only_share > self.local_only_ceiling:
            share = f"{self.local_only_share:.0%} of the tests that reach the seam are proven with local code only"
            (reason, count), *_ = Counter(self.local_only.values()).most_common(1)
            hint = f"the ceiling is {self.local_only_ceiling:.0%}; of {count}: {reason}"
            yield Finding("PROOF-LOCAL", share, hint=hint)
        rate = self.kill_rate
        if rate is not None and rate < self.kill_floor:
            hint = f"the floor is {self.kill_floor:.0%}; the tests say too little about what survived"
            yield Finding(
                "PROOF-MUTANTS", f"only {rate:.0%} of the faults put into the service were noticed", hint=hint
            )


def _first_of(tests: Sequence[str]) -> str:
    return ", ".join(tests[:3]) + (" …" if len(tests) > 3 else "")
