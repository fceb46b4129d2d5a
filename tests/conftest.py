"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# A deadline is an assertion about time, and machines are busy.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
