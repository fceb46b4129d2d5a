"""Small programs, analysed and judged: what is called around requests and rows is never lost in silence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import strangler_scaffolds as scaffolds
from strangler.plan import Plan, loads
from strangler_analyzers.analyze import survey
from strangler_analyzers.options import Options

PLAN = """\
version: 1
monolith: {{name: shop, root: ., packages: [shop], framework: {framework}, test: "python -m pytest -q"}}
services:
  stock:
    modules: [shop.stock]
    shared: [{shared}]
"""
FLASK = {
    "shop/__init__.py": "",
    "shop/stock.py": "from flask import Blueprint\n\nbp = Blueprint('stock', __name__)\n\n\n"
    "@bp.get('/stock')\ndef level():\n    return '1'\n",
    "shop/pages.py": "from flask import Blueprint\n\nbp = Blueprint('pages', __name__)\n\n\n"
    "@bp.get('/')\ndef home():\n    return 'home'\n",
    "shop/app.py": "from flask import Flask\n\nfrom shop import pages, stock\n\n\ndef create_app():\n"
    "    app = Flask(__name__)\n    app.register_blueprint(pages.bp)\n"
    "    app.register_blueprint(stock.bp)\n    return app\n",
}
FASTAPI = {
    "shop/__init__.py": "",
    "shop/stock.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
    "@router.get('/stock')\ndef level():\n    return 1\n",
    "shop/pages.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
    "@router.get('/')\ndef home():\n    return 1\n\n\n"
    "class Timed:\n    def __init__(self, app):\n        self.app = app\n\n\n"
    "async def missing(request, error): ...\n",
    "shop/app.py": "from fastapi import FastAPI\n\nfrom shop import pages, stock\n\napp = FastAPI()\n"
    "app.include_router(pages.router)\napp.include_router(stock.router)\n",
}
MODELS = (
    "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
    "class Base(DeclarativeBase):\n    pass\n\n\n"
    "class Level(Base):\n    __tablename__ = 'levels'\n    id: Mapped[int] = mapped_column(primary_key=True)\n\n\n"
    "class Order(Base):\n    __tablename__ = 'orders'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
)
WRITES = (
    "from sqlalchemy.orm import Session\nfrom shop.models import Level\n\n\n"
    "def put(session: Session):\n    session.add(Level(id=1))\n    session.commit()\n"
)


def lay(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def plan(shared: str = "", framework: str = "flask") -> Plan:
    return loads(PLAN.format(shared=shared, framework=framework))


def hooks(root: Path, files: Mapping[str, str], shared: str = "") -> tuple[list[str], list[str]]:
    """What ``--check`` says of hooks, and what an extraction does: the rules with their places."""
    lay(root, files)
    document = survey(root, Options(processes=1))
    checked = [c for c in scaffolds.crossings(document, plan(shared), "stock") if c.rule.name.startswith("HOOK")]
    done = scaffolds.extract(document, plan(shared), "stock", root)
    found = [finding for finding in done.findings if finding.rule.startswith(("HOOK", "HOST-STUCK"))]
    return [f"{c.rule.name} {c.location}" for c in checked], [f"{f.rule} {f.location}" for f in found]


@pytest.mark.parametrize(
    "hook",
    [
        "@bp.before_app_request\ndef who(): ...",
        "@bp.app_errorhandler(404)\ndef lost(error): ...",
        "@bp.app_url_defaults\ndef shop(endpoint, values): ...",
        "def enter(state):\n    state.app.config\n\n\ndef mark(response): ...\n\n\nbp.after_app_request(mark)",
    ],
)
def test_a_hook_for_every_request_that_a_blueprint_keeps_is_refused(tmp_path: Path, hook: str) -> None:
    files = {**FLASK, "shop/pages.py": FLASK["shop/pages.py"] + f"\n\n{hook}\n"}
    line = next(i for i, text in enumerate(files["shop/pages.py"].splitlines(), 1) if "app_" in text)
    checked, extracted = hooks(tmp_path, files)
    assert [one.rpartition(":")[0] for one in checked] == ["HOOK-OUT shop/pages.py"], line
    assert extracted == checked
    assert hooks(tmp_path, files, shared="shop.pages") == ([], [])


def test_a_blueprints_own_hook_is_its_own(tmp_path: Path) -> None:
    text = FLASK["shop/pages.py"] + "\n\n@bp.before_request\ndef who(): ...\n"
    assert hooks(tmp_path, {**FLASK, "shop/pages.py": text}) == ([], [])


def test_what_pages_alone_see_is_told_and_not_refused(tmp_path: Path) -> None:
    text = FLASK["shop/pages.py"] + "\n\n@bp.app_context_processor\ndef menu():\n    return {}\n"
    checked, extracted = hooks(tmp_path, {**FLASK, "shop/pages.py": text})
    assert checked == extracted == ["HOOK-PAGES shop/pages.py:11"]


def test_an_applications_hook_goes_along_unless_it_needs_what_stays(tmp_path: Path) -> None:
    hook = "    @app.before_request\n    def who():\n        {}\n\n    return app\n"
    files = {**FLASK, "shop/pages.py": FLASK["shop/pages.py"] + "\n\ndef user():\n    return 1\n"}
    plain = files["shop/app.py"].replace("    return app\n", hook.format("return None"))
    assert hooks(tmp_path, {**files, "shop/app.py": plain}) == ([], [])
    needs = files["shop/app.py"].replace("    return app\n", hook.format("pages.user()"))
    checked, extracted = hooks(tmp_path, {**files, "shop/app.py": needs})
    assert checked == ["HOOK-OUT shop/app.py:10"]
    assert extracted == checked


def test_a_hook_that_is_lost_with_its_statement_is_found_by_the_extraction(tmp_path: Path) -> None:
    hook = "    app.register_error_handler(pages.CODE, who)\n    return app\n\n\ndef who(error):\n    return None\n"
    files = {**FLASK, "shop/pages.py": FLASK["shop/pages.py"] + "\n\nCODE = 404\n"}
    checked, extracted = hooks(
        tmp_path, {**files, "shop/app.py": files["shop/app.py"].replace("    return app\n", hook)}
    )
    assert (checked, extracted) == ([], ["HOOK-OUT shop/app.py:10"])


@pytest.mark.parametrize(
    "statement", ["app.add_middleware(pages.Timed)", "app.add_exception_handler(KeyError, pages.missing)"]
)
def test_middleware_and_handlers_of_fastapi_that_stay_are_refused(tmp_path: Path, statement: str) -> None:
    files = {**FASTAPI, "shop/app.py": FASTAPI["shop/app.py"] + statement + "\n"}
    assert hooks(tmp_path, files)[0] == ["HOOK-OUT shop/app.py:8"]
    assert hooks(tmp_path, files, shared="shop.pages") == ([], [])


def test_an_application_that_the_service_does_without_has_hooks_of_its_own(tmp_path: Path) -> None:
    other = (
        "from fastapi import FastAPI\n\nfrom shop import pages\n\napp = FastAPI()\napp.add_middleware(pages.Timed)\n"
    )
    assert hooks(tmp_path, {**FASTAPI, "shop/other.py": other}) == ([], [])


def test_the_seams_routes_are_never_left_out_in_silence(tmp_path: Path) -> None:
    text = FASTAPI["shop/app.py"].replace("stock.router)", "stock.router, dependencies=[pages.missing])")
    assert hooks(tmp_path, {**FASTAPI, "shop/app.py": text})[1] == ["HOST-STUCK shop/app.py:7"]


def test_an_application_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    text = FASTAPI["shop/app.py"].replace("FastAPI()\n", "FastAPI(exception_handlers={404: pages.missing})\n")
    assert "HOST-STUCK shop/app.py:5" in hooks(tmp_path, {**FASTAPI, "shop/app.py": text})[1]


@pytest.mark.parametrize(
    ("listener", "is_refused"),
    [
        ("from shop.models import Level\n\n\n@event.listens_for(Level, 'after_insert')\ndef note(*args): ...\n", True),
        ("from shop.models import Order\n\n\n@event.listens_for(Order, 'after_insert')\ndef note(*args): ...\n", False),
        ("from sqlalchemy.orm import Session\n\n\ndef note(*_): ...\n\n\nevent.listen(Session, 'x', note)\n", True),
    ],
)
def test_events_of_rows_that_the_service_writes_are_refused(tmp_path: Path, listener: str, is_refused: bool) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/stock.py": WRITES,
        "shop/notes.py": f"from sqlalchemy import event\n{listener}",
    }
    checked, extracted = hooks(tmp_path, files, shared="shop.models")
    assert [one.rpartition(":")[0] for one in checked] == (["HOOK-OUT shop/notes.py"] if is_refused else [])
    assert extracted == checked


@pytest.mark.parametrize(
    ("signal", "sender", "is_refused"),
    [
        ("post_save", "sender=Level", True),
        ("post_save", "sender=Order", False),
        ("pre_delete", "", True),
        ("post_migrate", "", False),
    ],
)
def test_signals_of_rows_that_the_service_writes_are_refused(
    tmp_path: Path, signal: str, sender: str, is_refused: bool
) -> None:
    model = (
        "class {}(models.Model):\n    name = models.TextField()\n\n    class Meta:\n        app_label = 'shop'\n\n\n"
    )
    given = f"{signal}, {sender}" if sender else signal
    files = {
        "shop/__init__.py": "",
        "shop/models.py": "from django.db import models\n\n\n" + model.format("Level") + model.format("Order"),
        "shop/stock.py": "from shop.models import Level\n\n\ndef put():\n    Level.objects.create(name='a')\n",
        "shop/notes.py": f"from django.db.models.signals import {signal}\nfrom django.dispatch import receiver\n\n"
        f"from shop.models import Level, Order\n\n\n@receiver({given})\ndef note(sender, **kwargs): ...\n",
    }
    checked, extracted = hooks(tmp_path, files, shared="shop.models")
    assert [one.rpartition(":")[0] for one in checked] == (["HOOK-OUT shop/notes.py"] if is_refused else [])
    assert extracted == checked
