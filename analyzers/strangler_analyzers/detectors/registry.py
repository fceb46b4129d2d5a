"""All detectors, in the order they are run and documented."""

from __future__ import annotations

from strangler_analyzers.detectors import celery, django_urls, fastapi, flask, signals
from strangler_analyzers.detectors.kinds import Detector, Example, Found

DETECTORS: tuple[Detector, ...] = (
    django_urls.DETECTOR,
    flask.DETECTOR,
    fastapi.DETECTOR,
    celery.DETECTOR,
    signals.DETECTOR,
)

__all__ = ["DETECTORS", "Detector", "Example", "Found"]
