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
    settings: Iterable[str] = (),
    variants: Iterable[str] = (),
) -> Needs:
    """The requirements of a service.

    Args:
        code: path → content of its Python files.
        tests: those of the monolith's tests that go with it.
        plugins: distributions of pytest's plugins that these need.
        internal: top-level names that are the monolith's or the service's own.
        sources: where the monolith states its dependencies.
        settings: the paths of a Django project's settings modules.
        variants: those of ``code`` that are run only where the environment names them.

    Raises:
        StranglerError: a file cannot be read or parsed.
    """
    own, others, python = frozenset(internal), set(variants), _python(code)
    run = imported_packages({path: data for path, data in python.items() if path not in others}, own)
    chosen = imported_packages({path: data for path, data in python.items() if path in others}, own)
    tried = imported_packages(_python(tests), own)
    named = [name for path in settings for name in named_packages(sources.read(path), path, sources)]
    # What the monolith asks for is there in production, whether or not the code could do without.
    kept = {name for name in run.optional if is_stated(name, sources)}
    needed = run.needed | kept | (set(named) - own)
    optional = (run.optional | chosen.needed | chosen.optional) - needed
    return Needs(
        tuple(requirements(needed, sources)),
        tuple(requirements(optional, sources)),
        tuple(requirements_of_tests(_more(tried, needed) | set(plugins), sources)),
    )


def _python(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.endswith(".py")}


def _more(tests: Imported, needed: frozenset[str]) -> frozenset[str]:
    return tests.needed - needed - {"pytest"}
