"""Sends requests for the seam's routes, which Django's tests make in their own process, to the service."""

from __future__ import annotations

import functools
import importlib
import os
import re
import sys
from typing import Any, Dict

from . import records
from .activated import ACTIVE, active
from .beside import restore
from .edge import request_of
from .forward import forward
from .patched import carried

#: Module that holds what handles requests; when it is loaded, requests can be watched.
FRAMEWORKS = ("django.core.handlers.base",)
# The service has its own: which applications and modules it is made of, and where its store is (that is lent or told).
_OWN = frozenset({"DATABASES", "INSTALLED_APPS", "ROOT_URLCONF", "SETTINGS_MODULE", "WSGI_APPLICATION", "TEST_RUNNER"})
#: What the service is told of a request besides the request itself.
UNCHECKED = "STRANGLER_UNCHECKED_CSRF"


def watch(bridge: Any, module: Any) -> None:
    """Stand before Django's own handling of requests."""
    original = module.BaseHandler.get_response
    routes = [(re.compile(route["pattern"]), route["methods"]) for route in bridge.settings["routes"]]

    @functools.wraps(original)
    def get_response(self: Any, request: Any) -> Any:
        path, method = request.path_info, request.method
        if not any(p.fullmatch(path) and (not methods or method in methods) for p, methods in routes):
            return original(self, request)
        what = f"{method} {path}"
        if bridge.answers_here(what):
            return bridge.within(lambda: original(self, request))
        bridge.originals.take()
        changes = carried(bridge.originals)
        if changes.stuck:
            records.write("call", ref=what, way="local-only", reason=f"the test replaces {', '.join(changes.stuck)}")
            return original(self, request)
        told = {ACTIVE: active(), UNCHECKED: bool(getattr(request, "_dont_enforce_csrf_checks", False))}
        sent = request_of(request.META, request.body)
        answer = bridge.sent(changes, told, lambda: forward(bridge, sent), what)
        return _response(answer)

    module.BaseHandler.get_response = get_response


def _response(answer: Any) -> Any:
    response = sys.modules["django.http"].HttpResponse(answer.body, status=answer.status, reason=answer.reason)
    for name, value in answer.headers:
        if name.lower() == "set-cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    if response.has_header("Location"):
        response.url = response["Location"]  # as a redirect of Django's own has it
    if answer.beside:
        restore(response, answer.beside)
    return response


def configured(settings: Dict[str, Any]) -> Dict[str, Any]:
    """The settings in which this process differs from those the service starts with, as far as they are plain.

    The service starts with those that the environment names, which it has from here.
    """
    base = settings.get("django_settings") and os.environ.get("DJANGO_SETTINGS_MODULE", settings["django_settings"])
    if not base or "django.conf" not in sys.modules or not sys.modules["django.conf"].settings.configured:
        return {}
    present = sys.modules["django.conf"].settings
    modules = (importlib.import_module(base), importlib.import_module("django.conf.global_settings"))
    found = {}
    for name in dir(present):
        if name.isupper() and name not in _OWN:
            value = getattr(present, name)
            before = next((getattr(module, name) for module in modules if hasattr(module, name)), None)
            if value != before and _is_plain(value):
                found[name] = value
    return found


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(_is_plain(key) and _is_plain(item) for key, item in value.items())
    plain: list[Any] = [str, int, float, bool, bytes, type(None)]
    return type(value) in plain
