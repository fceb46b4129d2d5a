"""Finds the line of what a finding is about, in the plan or in a tenant's file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from strangler.errors import PlanError
from strangler.model import Location
from strangler.plan.source import Source, parse


@dataclass
class Places:
    """The plan and the tenants' files beside it; each is read when a line of it is first wanted."""

    plan: Path
    _sources: dict[Path, Source | None] = field(default_factory=dict)

    def location(self, origin: str) -> Location:
        """Where ``FILE key.key.index`` stands: ``strangler.yaml services.billing``, ``tenants/acme.yaml quota``."""
        name, _, keys = origin.partition(" ")
        path = self.plan if name == "strangler.yaml" else self.plan.parent / name
        source = self._source(path)
        if source is None or not keys:
            return Location(path.as_posix(), 1 if source else 0)
        return source.location(tuple(int(key) if key.isdigit() else key for key in keys.split(".")))

    def _source(self, path: Path) -> Source | None:
        if path not in self._sources:
            try:
                self._sources[path] = parse(path.read_text(encoding="utf-8"), path.as_posix())
            except (OSError, UnicodeDecodeError, PlanError):
                self._sources[path] = None
        return self._sources[path]
