"""A Django project's routes, models and tables, against what the running framework says of it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from strangler_analyzers.analyze import survey
from strangler_analyzers.options import Options

pytestmark = pytest.mark.real

PROJECT = {
    "site_/__init__.py": "",
    "site_/settings.py": """
SECRET_KEY = "x"
ROOT_URLCONF = "site_.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "site_.orders.apps.OrdersConfig"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
""",
    "site_/urls.py": """
from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from site_.orders import views
from site_.orders.api import router

urlpatterns = [
    path("orders/", include("site_.orders.urls", namespace="shop")),
    path("api/", include(router.urls)),
    path("app/", include(apps.get_app_config("sales").get_urls())),
    re_path(r"^feeds/(?P<year>[0-9]{4})/(?:page-(?P<page>\\\\d+)/)?$", views.guarded(views.feed), name="feed"),
]
""",
    "site_/orders/__init__.py": "",
    "site_/orders/apps.py": """
from django.apps import AppConfig

class OrdersConfig(AppConfig):
    name = "site_.orders"
    label = "sales"

    def get_urls(self):
        from django.urls import path
        from site_.orders import views
        urls = [path("one/", views.OrderDetail.as_view())]
        urls += [path("two/<slug:name>/", views.feed)]
        return urls
""",
    "site_/orders/urls.py": """
from django.contrib.auth.decorators import login_required
from django.urls import path
from . import views

app_name = "orders"
urlpatterns = [
    path("", login_required(views.OrderList.as_view()), name="list"),
    path("<int:pk>/", views.OrderDetail.as_view(), name="detail"),
]
""",
    "site_/orders/views.py": """
import functools
from django.views.generic import DetailView, ListView
from site_.orders.models import Order

def guarded(view):
    @functools.wraps(view)
    def inner(*args, **kwargs):
        return view(*args, **kwargs)
    return inner

class OrderList(ListView):
    model = Order

class OrderDetail(DetailView):
    model = Order

def feed(request, **kwargs): ...
""",
    "site_/orders/api.py": """
from rest_framework import routers, serializers, viewsets
from rest_framework.decorators import action
from site_.orders.models import Order

class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.all()
    serializer_class = serializers.Serializer

    @action(detail=True, methods=["post"], url_path="cancel-it")
    def cancel(self, request, pk=None): ...

router = routers.SimpleRouter()
router.register("orders", OrderViewSet)
""",
    "site_/orders/models.py": """
from django.conf import settings
from django.db import models

class Owned(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        abstract = True

class Order(Owned):
    tags = models.ManyToManyField("Tag", related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)

class Gift(Order):
    class Meta:
        db_table = "gifts"

class Old(Order):
    class Meta:
        proxy = True

class Tag(models.Model): ...
""",
}

_DUMP = """
import inspect, json, os, re
os.environ["DJANGO_SETTINGS_MODULE"] = "site_.settings"
import django
django.setup()
from django.apps import apps
from django.urls import get_resolver
from django.utils.regex_helper import normalize

def walk(patterns, handlers=()):
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from walk(one.url_patterns)
        else:
            view = one.callback
            while hasattr(view, "__wrapped__") and not hasattr(view, "view_class") and not hasattr(view, "cls"):
                view = view.__wrapped__
            target = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
            yield f"{target.__module__}:{target.__qualname__}"

models = {f"{m.__module__}:{m.__qualname__}": m._meta.db_table for m in apps.get_app_config("sales").get_models()}
every = apps.get_app_config("sales").get_models(include_auto_created=True)
tables = sorted(m._meta.db_table for m in every)
print(json.dumps({"handlers": sorted(set(walk(get_resolver().url_patterns))), "models": models,
                  "tables": tables}))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    if importlib.util.find_spec("rest_framework") is None:
        message = "Django REST framework is missing: .ci/steps/40-analyzers installs it"
        pytest.fail(message) if os.environ.get("STRANGLER_REAL") else pytest.skip(message)
    for name, content in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def test_handlers_models_and_tables_are_those_of_the_running_project(project: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _DUMP], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    running = json.loads(done.stdout)
    analysis = survey(project, Options(processes=1))
    found = {route.handler.removesuffix(".cancel") for route in analysis.routes}
    assert sorted(found) == running["handlers"]
    assert {model.cls: model.table for model in analysis.models if model.table} == running["models"] | {
        "site_.orders.models:Old": "sales_order"
    }
    assert {table.name for table in analysis.tables} >= set(running["tables"])


def test_paths_are_joined_over_every_mount(project: Path) -> None:
    analysis = survey(project, Options(processes=1))
    assert sorted({route.path for route in analysis.routes}) == [
        "/api/orders/",
        "/api/orders/{pk}/",
        "/api/orders/{pk}/cancel-it/",
        "/app/one/",
        "/app/two/{name}/",
        "/feeds/{year}/page-{page}/",
        "/orders/",
        "/orders/{pk}/",
    ]
