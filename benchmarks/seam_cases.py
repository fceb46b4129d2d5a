"""What the benchmarks of seams share: trees out of git, hidden names, agreement with a known decomposition, rows."""

from __future__ import annotations

import dataclasses
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from seam_agreement import ami, mojofm

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


def known(folder: Path, sources: Path, work: Path) -> Iterator[Known]:
    """Every case of ``folder`` (cases.json, truth/, blind.py) whose source lies in ``sources``/NAME."""
    for case in read_json(folder / "cases.json")["cases"]:
        name, packages = case["case"], tuple(case["packages"])
        root = sources / name / case["src"]
        contexts: Contexts = read_json(folder / "truth" / f"{name}.seams.json.gz")["contexts"]
        truth = {module: label for label, modules in contexts.items() for module in modules}
        blinded = work / name
        if not blinded.exists():
            command = [sys.executable, str(folder / "blind.py"), str(root), ",".join(packages), str(blinded)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={"PYTHONPATH": str(folder)})
        named = survey(root, Options(packages=packages))
        yield Known(name, truth, named, survey(blinded, Options()), read_json(work / f"{name}.map.json"))


def read_json(path: Path) -> Any:
    """JSON, gzipped or not."""
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def git(repository: Path, *arguments: str) -> bytes:
    """What git prints about ``repository``."""
    return subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True).stdout


@contextmanager
def tree(repository: Path, commit: str) -> Iterator[Path]:
    """The Python files of ``commit`` in a folder that goes away afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tarfile.open(fileobj=BytesIO(git(repository, "archive", commit, ":(glob)**/*.py"))) as tar,
    ):
        tar.extractall(folder, filter="data")
        yield Path(folder)


def overlap(one: Collection[str], other: Collection[str]) -> tuple[float, float, float]:
    """F1, precision and recall of the first set against the second."""
    shared = len(set(one) & set(other))
    precision, recall = shared / len(set(one)), shared / len(set(other))
    return (2 * precision * recall / (precision + recall) if shared else 0.0), precision, recall


def row(what: str, value: float, floor: float, far: float, *, most: bool = False) -> bool:
    """Print a figure beside its floor and its far target (``most``: small is good); whether the floor is met."""
    floor_met, far_met = (value <= floor, value <= far) if most else (value >= floor, value >= far)
    state = "far" if far_met else "met" if floor_met else "MISSED"
    print(f"{what:58} {value:9.3f}   floor {floor:g}, far {far:g}   {state}", flush=True)
    return floor_met
