from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

PROGRAM = """
import datetime
from django.conf import settings
settings.configure(USE_I18N=True, LANGUAGE_CODE="en", USE_TZ=True)
import django
django.setup()
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation
from strangler_scaffolds.probes.activated import NOTHING, activate, active

activate(NOTHING)
assert active() == NOTHING
timezone.activate("Pacific/Auckland"), translation.activate("de"), set_script_prefix("/shop")
there = active()
activate(NOTHING)
assert (timezone.get_current_timezone_name(), translation.get_language()) == ("America/Chicago", "en")
assert active() == NOTHING
activate(there)
assert get_script_prefix() == "/shop/"
assert (timezone.get_current_timezone_name(), translation.get_language()) == ("Pacific/Auckland", "de")
timezone.activate(datetime.timezone(datetime.timedelta(hours=-3)))
there = active()
activate(NOTHING), activate(there)
assert timezone.localtime().utcoffset() == datetime.timedelta(hours=-3)
"""


@pytest.mark.real
@pytest.mark.skipif(importlib.util.find_spec("django") is None, reason="Django is not installed")
def test_zone_and_language_of_a_thread_go_over_as_plain_values() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
