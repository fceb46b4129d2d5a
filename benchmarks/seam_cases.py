"""What the benchmarks of seams share: hidden names, and agreement with a known decomposition."""

from __future__ import annotations

import dataclasses
import gzip
import json
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seam_agreement import ami, mojofm
from sources import Source, tree

from strangler.analysis import Analysis
from strangler_analyzers import Options, survey

Contexts = Mapping[str, Sequence[str]]


@dataclasses.dataclass(frozen=True)
class Known:
    """A monolith whose decomposition is known, as it is and with its names hidden."""

    name: str
    truth: Mapping[str, str]
    named: Analysis
    hidden: Analysis
    renamed: Mapping[str, str]

    def scores(self, groups: Iterable[Sequence[str]], *, hidden: bool) -> tuple[float, float]:
        """MoJoFM and AMI of ``groups``; a module in no group is a group of its own."""
        truth = {self.renamed.get(name, name): label for name, label in self.truth.items()} if hidden else self.truth
        return agreement(groups, truth)


def agreement(groups: Iterable[Sequence[str]], truth: Mapping[str, str]) -> tuple[float, float]:
    """MoJoFM and AMI on the modules of ``truth``."""
    of = {module: str(number) for number, members in enumerate(groups) for module in members}
    labels = {module: of.get(module, f"alone {module}") for module in truth}
    return mojofm(labels, truth), ami(labels, truth)


def known(folder: Path, given: Iterable[Source], work: Path) -> Iterator[Known]:
    """Every case of ``folder`` (cases.json, truth/, blind.py) whose source, named as it is, was given."""
    by_name = {source.variable.lower(): source for source in given}
    for case in read_json(folder / "cases.json")["cases"]:
        if case["case"] in by_name:
            with tree(by_name[case["case"]]) as unpacked:
                yield _known(folder, case, unpacked / case["src"], work)


def _known(folder: Path, case: Mapping[str, Any], root: Path, work: Path) -> Known:
    name, packages = case["case"], tuple(case["packages"])
    contexts: Contexts = read_json(folder / "truth" / f"{name}.seams.json.gz")["contexts"]
    truth = {module: label for label, modules in contexts.items() for module in modules}
    blinded = work / name
    if not blinded.exists():
        command = [sys.executable, str(folder / "blind.py"), str(root), ",".join(packages), str(blinded)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={"PYTHONPATH": str(folder)})
    named = survey(root, Options(packages=packages))
    return Known(name, truth, named, survey(blinded, Options()), read_json(work / f"{name}.map.json"))


def read_json(path: Path) -> Any:
    """JSON, gzipped or not."""
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def overlap(one: Collection[str], other: Collection[str]) -> tuple[float, float, float]:
    """F1, precision and recall of the first set against the second."""
    shared = len(set(one) & set(other))
    precision, recall = shared / len(set(one)), shared / len(set(other))
    return (2 * precision * recall / (precision + recall) if shared else 0.0), precision, recall
