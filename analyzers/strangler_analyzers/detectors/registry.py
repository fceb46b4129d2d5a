"""All detectors, in the order they are run and documented."""

from __future__ import annotations

from strangler_analyzers.detectors import (
    aiohttp,
    by_name,
    celery,
    django_urls,
    fastapi,
    flask,
    hooks,
    signals,
    single_entry,
    unread,
)
from strangler_analyzers.detectors.kinds import Detector, Example, Found

DETECTORS: tuple[Detector, ...] = (
    django_urls.DETECTOR,
    flask.DETECTOR,
    fastapi.DETECTOR,
    aiohttp.DETECTOR,
    single_entry.DETECTOR,
    unread.DETECTOR,
    celery.DETECTOR,
    signals.DETECTOR,
    hooks.DETECTOR,
    by_name.DETECTOR,
)

__all__ = ["DETECTORS", "Detector", "Example", "Found"]
