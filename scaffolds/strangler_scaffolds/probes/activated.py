"""Django's time zone, language and prefix of links of a thread, which middleware sets and leaves behind a request.

Tests ask for them after a request as they do before one; a request that is answered elsewhere takes those of the test
along, and brings back its own.
"""

from __future__ import annotations

import datetime
import sys
from typing import Any, Dict

#: What the service is told of a request besides the request itself.
ACTIVE = "STRANGLER_ACTIVE"
#: As a thread is before anybody has set anything.
NOTHING: Dict[str, Any] = {"zone": None, "language": None, "prefix": None}


def active() -> Dict[str, Any]:
    """What is active in this thread, as plain values; None for what nobody has set."""
    zones, translations = sys.modules["django.utils.timezone"], sys.modules.get("django.utils.translation.trans_real")
    translation = getattr(translations._active, "value", None) if translations else None
    return {
        "zone": _name(getattr(zones._active, "value", None)),
        "language": translation.to_language() if translation is not None else None,
        "prefix": getattr(sys.modules["django.urls.base"]._prefixes, "value", None),
    }


def activate(told: Dict[str, Any]) -> None:
    """Let this thread have what was active in another."""
    zones, translation = sys.modules["django.utils.timezone"], sys.modules["django.utils.translation"]
    urls = sys.modules["django.urls.base"]
    if told["zone"] is None:
        zones.deactivate()
    else:
        zones.activate(_zone(told["zone"]))
    if told["language"] is None:
        translation.deactivate()
    else:
        translation.activate(told["language"])
    if told["prefix"] is None:
        urls.clear_script_prefix()
    else:
        urls.set_script_prefix(told["prefix"])


def _name(zone: Any) -> Any:
    """A zone by its name, or by its seconds from UTC if it has no more than these."""
    if zone is None or getattr(zone, "key", None):
        return zone and zone.key
    return zone.utcoffset(datetime.datetime(2000, 1, 1)).total_seconds()


def _zone(named: Any) -> Any:
    return named if isinstance(named, str) else datetime.timezone(datetime.timedelta(seconds=named))
