"""What a service's environment needs: to run, to use what is optional, and to run the monolith's tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from strangler_scaffolds.services.dependencies import (
    Imported,
    imported_packages,
    is_stated,
    named_packages,
    requirements,
    requirements_of_tests,
)
from strangler_scaffolds.sources import Sources


@dataclass(frozen=True)
class Needs:
    """Requirements as installers read them, each kind sorted; ``optional`` is what the code goes on without."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


def needs_of(
    code: Mapping[str, bytes],
    tests: Mapping[str, bytes],
    plugins: Iterable[str],
    internal: Iterable[str],
    sources: Sources,
    settings: str = "",
) -> Needs:
    """The requirements of a service.

    Args:
        code: path → content of its Python files.
        tests: those of the monolith's tests that go with it.
        plugins: distributions of pytest's plugins that these need.
        internal: top-level names that are the monolith's or the service's own.
        sources: where the monolith states its dependencies.
        settings: the path of a Django project's settings module.

    Raises:
        StranglerError: a file cannot be read or parsed.
    """
    own = frozenset(internal)
    run, tried = imported_packages(_python(code), own), imported_packages(_python(tests), own)
    named = named_packages(sources.read(settings), settings, sources) if settings else []
    # What the monolith asks for is there in production, whether or not the code could do without.
    kept = {name for name in run.optional if is_stated(name, sources)}
    needed = run.needed | kept | (set(named) - own)
    return Needs(
        tuple(requirements(needed, sources)),
        tuple(requirements(run.optional - needed, sources)),
        tuple(requirements_of_tests(_more(tried, needed) | set(plugins), sources)),
    )


def _python(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.endswith(".py")}


def _more(tests: Imported, needed: frozenset[str]) -> frozenset[str]:
    return tests.needed - needed - {"pytest"}
