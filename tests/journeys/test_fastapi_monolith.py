"""A FastAPI monolith: observed, taken apart and proven, with async functions, models, data files and dependencies."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from strangler.cli import main

FILES = {
    "shop/__init__.py": "",
    "shop/words/data/names.json": '{"en": "apple"}',
    "shop/words/catalogue.py": """\
import json
from pathlib import Path

NAMES = json.loads((Path(__file__).parent / "data" / "names.json").read_text())
""",
    "shop/values.py": """\
from pydantic import BaseModel


class Price(BaseModel):
    cents: int
    note: str | None = None


class Basket:
    def __init__(self, skus):
        self.skus = skus
""",
    "shop/who.py": "def user() -> str:\n    return 'nobody'\n",
    "shop/pricing/__init__.py": "",
    "shop/pricing/service.py": """\
from shop.values import Basket, Price
from shop.words.catalogue import NAMES


async def price(basket: Basket, extra=None) -> Price:
    if not basket.skus:
        raise LookupError("an empty basket")
    return Price(cents=sum(len(sku) for sku in basket.skus))


def name(language):
    return NAMES[language]
""",
    "shop/pricing/api.py": """\
from fastapi import APIRouter, Depends, Request

from shop.pricing import service
from shop.values import Basket, Price
from shop.who import user

router = APIRouter(prefix="/prices")


@router.get("/{sku}", response_model=Price)
async def one(sku: str, request: Request, who: str = Depends(user)):
    price = await service.price(Basket([sku]))
    price.note = f"{who} {request.app.state.started} {request.query_params.get('q', '')}"
    return price


@router.post("/echo")
async def echo(request: Request):
    return {"length": len(await request.body()), "header": request.headers["x-mine"]}
""",
    "shop/orders.py": """\
from fastapi import APIRouter

from shop.pricing import service
from shop.values import Basket

router = APIRouter()
ORDERS = []


@router.get("/orders/{sku}")
async def order(sku: str):
    ORDERS.append(sku)
    price = await service.price(Basket([sku, sku]))
    return {"cents": price.cents, "set": sorted(price.model_fields_set), "name": service.name("en")}
""",
    "shop/app.py": """\
import contextlib

from fastapi import FastAPI

from shop import orders
from shop.pricing import api


@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.started = "yes"
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(orders.router, prefix="/api")
app.include_router(api.router, prefix="/api")
""",
    "test_shop.py": """\
import asyncio

import pytest
from fastapi.testclient import TestClient

from shop.app import app
from shop.pricing import service
from shop.values import Basket
from shop.who import user


def test_a_route_that_stays_awaits_the_seam():
    answer = TestClient(app).get("/api/orders/ab")
    assert answer.json() == {"cents": 4, "set": ["cents"], "name": "apple"}


def test_a_route_of_the_seam():
    with TestClient(app) as client:
        assert client.get("/api/prices/abc?q=x%20y").json() == {"cents": 3, "note": "nobody yes x y"}


def test_a_dependency_is_replaced():
    app.dependency_overrides[user] = lambda: "ann"
    try:
        with TestClient(app) as client:
            assert client.get("/api/prices/abc").json()["note"] == "ann yes "
    finally:
        app.dependency_overrides.clear()


def test_a_body_and_a_header_arrive():
    answer = TestClient(app).post("/api/prices/echo", content=b"x" * 10, headers={"X-Mine": "1"})
    assert (answer.status_code, answer.json()) == (200, {"length": 10, "header": "1"})


def test_the_seam_by_hand():
    with pytest.raises(LookupError, match="empty"):
        asyncio.run(service.price(Basket([])))
""",
}
PLAN = """\
version: 1
monolith: {{name: shop, root: ., packages: [shop], test: "{python} -m pytest -q -p no:cacheprovider", python: {python}}}
services:
  pricing:
    modules: [shop.pricing, shop.pricing.*]
    routes: ["/api/prices/**"]
"""


@pytest.fixture
def monolith(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "strangler.yaml").write_text(PLAN.format(python=sys.executable))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    status = main([words[0], "--json", *words[1:]])
    printed = capsys.readouterr()
    return status, json.loads(printed.out) if printed.out else printed.err


def test_it_is_observed_taken_apart_and_proven(monolith: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    status, observed = said(capsys, "observe", "--", *command)
    assert (status, {f["ref"] for f in observed["functions"]}) == (
        0,
        {"shop.pricing.service:price", "shop.pricing.service:name"},
    )
    status, extracted = said(capsys, "extract", "pricing")
    assert (status, extracted["written"]) == (0, True), extracted["findings"]
    assert extracted["domain"]["shop/words/data/names.json"] == "data"
    samples = json.loads((monolith / "services/pricing/tests/contract/samples.json").read_text())
    assert {(s["function"].partition(":")[2], "error" in s) for s in samples} == {
        ("price", False),
        ("price", True),
        ("name", False),
    }
    status, proof = said(capsys, "prove", "pricing", "--phases", "ABCD")
    assert (status, [f["message"] for f in proof["findings"]]) == (0, []), proof
    assert [phase["outcomes"] for phase in proof["phases"]] == [{"passed": 5}] * 5
    assert proof["phases"][-1]["ways"] == {"remote": 5}
