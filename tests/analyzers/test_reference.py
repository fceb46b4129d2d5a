from __future__ import annotations

from strangler_analyzers import detectors_reference
from strangler_analyzers.detectors import DETECTORS


def test_the_page_holds_every_detector_with_what_its_examples_find() -> None:
    page = detectors_reference()
    for detector in DETECTORS:
        assert f"## {detector.name}\n" in page
        assert all(f"    {line}\n" in page for example in detector.examples for line in example.finds)
