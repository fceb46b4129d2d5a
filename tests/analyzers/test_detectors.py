"""Every detector finds exactly what its own examples say; these examples are its documentation too."""

from __future__ import annotations

from pathlib import Path

import pytest

from strangler_analyzers.analyze import run
from strangler_analyzers.detectors import DETECTORS, Detector, Example, World
from strangler_analyzers.detectors.kinds import lines
from strangler_analyzers.options import Options

_CASES = [
    pytest.param(detector, example, id=f"{detector.name}: {example.title}")
    for detector in DETECTORS
    for example in detector.examples
]


@pytest.mark.parametrize(("detector", "example"), _CASES)
def test_a_detector_finds_what_its_example_says(detector: Detector, example: Example, tmp_path: Path) -> None:
    for name, content in example.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    world = World(run(tmp_path, Options(processes=1))[2])
    assert lines(detector.detect(world)) == list(example.finds)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_every_detector_has_an_example(detector: Detector) -> None:
    assert detector.examples
    assert all(example.finds for example in detector.examples)
