"""The bridge against Django itself: cookies and rows that its session framework has written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from strangler_facade.sessions import bridge

pytestmark = pytest.mark.real
SECRET = "the monolith's secret"
PROGRAM = """
import json, sys
import django
from django.conf import settings
settings.configure(
    SECRET_KEY=sys.argv[1], INSTALLED_APPS=["django.contrib.sessions"], USE_TZ=True,
    SESSION_COOKIE_AGE=int(sys.argv[3]),
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[2]}},
)
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.sessions.backends import db, signed_cookies
written = {}
for name, backend in (("signed", signed_cookies), ("stored", db)):
    session = backend.SessionStore()
    session["_auth_user_id"] = "7"
    session["cart"] = ["sku"] * 100
    session.save()
    written[name] = session.session_key
print(json.dumps(written))
"""


def _written(folder: Path, secret: str = SECRET, age: int = 3600) -> dict[str, str]:
    if not os.environ.get("STRANGLER_REAL"):
        pytest.skip("NOT RUN: needs Django; .ci/steps/51-facade-control installs it")
    command = [sys.executable, "-c", PROGRAM, secret, str(folder / "shop.sqlite3"), str(age)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    keys: dict[str, str] = json.loads(found.stdout)
    return keys


def _config(folder: Path, kind: str) -> dict[str, Any]:
    database = f"sqlite:///{folder / 'shop.sqlite3'}"
    settings = {"kind": kind, "cookie": "sessionid", "claims": {"sub": "_auth_user_id"}, "secrets": [SECRET]}
    return {**settings, "keys": {"billing": "k"}, "database": database, "remember": 0.0, "max_age": 3600.0}


def test_djangos_signed_cookie_names_its_user(tmp_path: Path) -> None:
    cookie = f"sessionid={_written(tmp_path)['signed']}"
    made = bridge(_config(tmp_path, "django"))
    assert made.claims(cookie, "") == {"sub": "7"}
    assert len(made.headers(cookie, "", "billing")) == 1


def test_djangos_stored_session_names_its_user(tmp_path: Path) -> None:
    cookie = f"sessionid={_written(tmp_path)['stored']}"
    assert bridge(_config(tmp_path, "django-db")).claims(cookie, "") == {"sub": "7"}


def test_another_installations_sessions_name_nobody(tmp_path: Path) -> None:
    keys = _written(tmp_path, "another secret")
    assert bridge(_config(tmp_path, "django")).claims(f"sessionid={keys['signed']}", "") == {}
    assert bridge(_config(tmp_path, "django-db")).claims(f"sessionid={keys['stored']}", "") == {}


def test_a_stored_session_that_is_over_names_nobody(tmp_path: Path) -> None:
    keys = _written(tmp_path, age=1)
    ended = time.monotonic() + 20
    while bridge(_config(tmp_path, "django-db")).claims(f"sessionid={keys['stored']}", ""):
        assert time.monotonic() < ended
        time.sleep(0.05)
