"""Loaded by Python itself at the start of each process of a run; records the outcome of every unittest test."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _run_the_one_behind_us() -> None:
    """The environment may have a sitecustomize of its own; it is run as if we were not there."""
    path = [entry for entry in sys.path if os.path.abspath(entry or ".") != _HERE]
    found = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if found is not None and found.loader is not None:
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)


if os.environ.get("STRANGLER_PROBE_OUT"):
    from strangler_probes import unittests

    unittests.watch_unittest()
    if os.environ.get("STRANGLER_PROVE"):
        from strangler_probes import bridge

        bridge.start()
_run_the_one_behind_us()
