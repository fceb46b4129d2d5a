from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import pytest

from strangler_scaffolds.probes.beside import HEADER, with_more
from strangler_scaffolds.probes.forward import Answer


class Response:
    """What http.client gives of an answer."""

    status, reason = 200, "OK"

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start, *parts = messages
        self._headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
        self._body = b"".join(part["body"] for part in parts)

    def getheaders(self) -> list[tuple[str, str]]:
        return self._headers

    def getheader(self, name: str) -> str | None:
        return next((value for key, value in self._headers if key.lower() == name.lower()), None)

    def read(self) -> bytes:
        return self._body


def messages(*headers: tuple[bytes, bytes]) -> list[dict[str, Any]]:
    start = {"type": "http.response.start", "status": 200, "headers": list(headers)}
    part = {"type": "http.response.body", "body": b"page", "more_body": True}
    return [start, part, {"type": "http.response.body", "body": b""}]


@pytest.mark.parametrize("more", [b"", b"more than the page"])
@pytest.mark.parametrize("headers", [[(b"Content-Length", b"4"), (b"x-one", b"1")], [(b"x-one", b"1")]])
def test_what_is_beside_an_answer_is_not_of_it(more: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    answer = Answer(Response(with_more(messages(*headers), more)))  # type: ignore[arg-type]
    assert (answer.body, answer.beside) == (b"page", more)
    assert sorted((name.lower(), value) for name, value in answer.headers) == [("content-length", "4"), ("x-one", "1")]
    assert HEADER.lower() not in dict(answer.headers)


PROGRAM = """
from django.conf import settings
settings.configure(
    ROOT_URLCONF="pages", USE_I18N=False, MIDDLEWARE=[], ALLOWED_HOSTS=["*"], TIME_ZONE="UTC", USE_TZ=True,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [
        ("django.template.loaders.locmem.Loader", {"page": "{% include 'part' %}", "part": "{{ lines.0 }}"})]}}],
)
import sys, types
import django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.shortcuts import render
from django.test.client import RequestFactory
from django.test import signals
from django.urls import path
from django.utils import timezone
from strangler_scaffolds.probes import beside

def page(request):
    timezone.activate("Pacific/Auckland")
    response = render(request, "page", {"lines": LINES, "thread": __import__("threading").Lock(), "made": lambda: 1})
    response.data = {"count": 2}
    return response

LINES = ["first", "second"]
sys.modules["pages"] = types.SimpleNamespace(urlpatterns=[path("", page)])
collected = beside.Beside()
collected.follow()
response = WSGIHandler().get_response(RequestFactory().get("/"))
assert response.content == b"first" and timezone.get_current_timezone_name() == "UTC"
packed = collected.taken()
assert packed and collected.taken() == b""

seen = []
note = lambda sender, template, context, **_: seen.append((template.name, context))
signals.template_rendered.connect(note)
answer = HttpResponse()
beside.restore(answer, packed)
assert answer.data == {"count": 2} and timezone.get_current_timezone_name() == "Pacific/Auckland"
assert [name for name, _ in seen] == ["page", "part"]
assert all(context["lines"] == LINES for _, context in seen)
assert seen[0][1]["lines"] is seen[1][1]["lines"] and "request" not in seen[0][1]
"""


@pytest.mark.real
@pytest.mark.skipif(importlib.util.find_spec("django") is None, reason="Django is not installed")
def test_data_templates_and_their_context_arrive_with_the_answer() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
