"""The parts of an analysis document, as frozen values.

Field names are those of the public format. Refs are ``module:qualname`` and name where an object is defined;
paths are POSIX and relative to the analysed root; lines are 1-based.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from strangler.analysis.deferred import Deferred
from strangler.model import Finding

SCHEMA = "strangler.analysis/1"


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One place in the source that makes a claim true."""

    path: str
    line: int
    end_line: int | None = None
    text: str | None = None
    symbol: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework the code uses."""

    name: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """A source file; ``seam`` is None for shared and excluded ones, ``facts`` is ``full`` or ``tolerant``.

    ``words`` counts the words its identifiers are made of, ``strings`` its token-like string constants; both hold
    only what some but not most product modules share.
    """

    name: str
    path: str
    package: bool = False
    loc: int = 0
    sha256: str = ""
    roles: tuple[str, ...] = ()
    seam: str | None = None
    facts: str = "full"
    words: Mapping[str, int] = field(default_factory=dict)
    strings: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_product(self) -> bool:
        """Whether it can belong to a seam: tests and migrations serve others, and move with what they are about."""
        return "tests" not in self.roles and "migrations" not in self.roles


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency of one module on another, of one kind; ``weight`` counts sites before truncation."""

    source: str
    target: str
    kind: str
    weight: int = 1
    confidence: str = "certain"
    via: str | None = None
    scope: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """An HTTP entry point; ``methods`` is None when any is taken."""

    id: str
    framework: str
    methods: tuple[str, ...] | None
    path: str
    handler: str
    module: str
    raw_path: str = ""
    name: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A background task, command, schedule, signal receiver or start-up hook."""

    kind: str
    name: str
    handler: str
    module: str = ""
    schedule: str | None = None
    queue: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A relation of a model to another one (kind ``fk o2o m2m relationship generic``).

    ``outside`` names the model as the source does (``auth.User``) if it is no class of the analysed code.
    """

    field: str
    kind: str
    target: str | None
    target_table: str | None = None
    through: str | None = None
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """An ORM class; ``table`` is None if it is abstract."""

    cls: str
    orm: str
    module: str
    abstract: bool = False
    table: str | None = None
    bases: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    fields: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class TableUse:
    """A module that reads or writes a table."""

    module: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table, the module that declares it, and who touches it."""

    name: str
    model: str | None
    owner: str
    readers: tuple[TableUse, ...] = ()
    writers: tuple[TableUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter; ``kind`` is that of :mod:`inspect`, in lower case; texts are source text."""

    name: str
    kind: str
    annotation: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A callable or class, and what it does beyond its return value."""

    ref: str
    path: str
    line: int
    end_line: int
    kind: str
    params: tuple[Param, ...] = ()
    returns: str | None = None
    is_async: bool = False
    is_generator: bool = False
    decorators: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    mutates: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    complexity: int = 1
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """What a call hands over for a parameter: ``model session callable iterator request plain unknown``."""

    param: str
    what: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call (or instantiation) of one function by another."""

    caller: str
    callee: str
    evidence: tuple[Evidence, ...] = ()
    in_loop: bool = False
    in_transaction: str | None = None
    passes: tuple[Passed, ...] = ()
    confidence: str = "certain"


@dataclass(frozen=True, slots=True)
class Transaction:
    """A scope in which writes succeed or fail together."""

    id: str
    kind: str
    function: str
    tables: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A mutable value or singleton at module level."""

    id: str
    module: str
    name: str
    kind: str
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A configuration value that code reads."""

    name: str
    source: str
    readers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """A place that replaces an attribute of another module (monkeypatch or test patch)."""

    target: str
    module: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Outbound:
    """Something the code sends outside: HTTP, queue, mail, file."""

    kind: str
    function: str
    target: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A function's (or module-level code's) hold on something that is neither called nor a table.

    ``kind`` is ``catch`` (an exception class), ``constant`` (another module's value), ``import`` (state or environment
    read while the module is imported) or ``context`` (a request's or thread's context).
    """

    user: str
    target: str
    kind: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class CutEdge:
    """A dependency that crosses a seam's border, and what would mend it."""

    source: str
    target: str
    kind: str
    weight: int
    remedy: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Seam:
    """A proposed boundary; ``score`` is 0..1 and ``order`` 1 for the one to take out first."""

    id: str
    name: str
    modules: tuple[str, ...]
    score: float
    order: int
    routes: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    cut: tuple[CutEdge, ...] = ()
    rationale: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What the analysis could not see, and where."""

    code: str
    severity: str
    message: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Analysis(Deferred):
    """The whole document, each list in its natural order."""

    version: str
    source_roots: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    stats: Mapping[str, Any] = field(default_factory=dict)
    modules: tuple[Module, ...] = ()
    edges: tuple[Edge, ...] = ()
    routes: tuple[Route, ...] = ()
    tasks: tuple[Task, ...] = ()
    models: tuple[Model, ...] = ()
    tables: tuple[Table, ...] = ()
    functions: tuple[Function, ...] = ()
    calls: tuple[Call, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    state: tuple[State, ...] = ()
    settings: tuple[Setting, ...] = ()
    patches: tuple[Patch, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    seams: tuple[Seam, ...] = ()
    shared: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    uses: tuple[Use, ...] = ()
    findings: tuple[Finding, ...] = ()

    def seam(self, id_or_name: str) -> Seam | None:
        """The seam with this id or name, or None."""
        return next((seam for seam in self.seams if id_or_name in (seam.id, seam.name)), None)
