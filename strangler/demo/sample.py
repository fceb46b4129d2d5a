"""The sample monolith of the demonstration: a copy of it, its store, and how it is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from strangler.demo.processes import Program
from strangler.errors import StranglerError

_SOURCE = Path(__file__).parent.parent.parent / "sample_monolith"
_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".*", "*.db", "*.db-*")


@dataclass(frozen=True)
class Sample:
    """A copy of the sample monolith in a folder of its own, under version control, with a seeded store."""

    root: Path
    address: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.address}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes every process of the migration work on the one store."""
        return {
            "SHOP_DATABASE_URL": f"sqlite:///{self.root / 'shop.db'}",
            "SHOP_SECRET_KEY": "demonstration",
            "SHOP_LOG_LEVEL": "ERROR",
        }

    @property
    def program(self) -> Program:
        """The monolith's server."""
        host, port = self.address.split(":")
        command = [sys.executable, "-m", "shop", "--host", host, "--port", port]
        return Program("monolith", command, self.root, self.environment, f"{self.url}/healthz")


def copy_sample(directory: Path, address: str) -> Sample:
    """Copy the sample into ``directory``, commit it there and seed its store.

    Raises:
        StranglerError: the sample is not beside the package (an installed wheel has none), or git is missing.
    """
    if not _SOURCE.is_dir():
        hint = "clone the repository and run: make demo"
        raise StranglerError("the sample monolith is not part of an installed strangler", hint=hint)
    shutil.copytree(_SOURCE, directory, ignore=_LEFT_BEHIND)
    sample = Sample(directory, address)
    (directory / ".gitignore").write_text("*.db*\n__pycache__/\n", encoding="utf-8")
    _run(sample, "git", "init", "--quiet")
    _run(sample, "git", "add", "--all")
    identity = ("-c", "user.name=strangler demo", "-c", "user.email=demo@localhost")
    _run(sample, "git", *identity, "commit", "--quiet", "--message", "The monolith as it is")
    _run(sample, sys.executable, "-m", "shop", "seed")
    return sample


def _run(sample: Sample, *command: str) -> None:
    try:
        run = subprocess.run(
            command,
            cwd=sample.root,
            env={**os.environ, **sample.environment},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise StranglerError(f"{command[0]} is not installed", hint="the demonstration needs it") from error
    if run.returncode:
        raise StranglerError(f"{' '.join(command)} failed:\n{run.stderr.strip()[-800:]}")
