"""What a run of the analysis may be told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one analysis.

    ``packages`` are top-level names to look at (default: all found), ``exclude`` glob patterns of paths to leave
    out, ``level`` is ``function`` or ``module`` (without functions, calls and what hangs on them), ``max_evidence``
    the number of places kept per claim, ``processes`` the number of workers (0: as many as there are cores),
    ``cache`` the folder facts are kept in (None: nowhere), ``names`` whether seams may look at folder names.
    """

    packages: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    level: str = "function"
    max_evidence: int = 20
    processes: int = 0
    cache: Path | None = None
    names: bool = True

    @property
    def workers(self) -> int:
        """How many processes may work at once."""
        return self.processes or os.cpu_count() or 1

    def recorded(self) -> dict[str, object]:
        """Those that change the result, as the document records them."""
        return {
            "exclude": list(self.exclude),
            "level": self.level,
            "max_evidence": self.max_evidence,
            "names": self.names,
            "packages": list(self.packages),
        }
