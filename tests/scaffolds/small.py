"""A monolith of a few modules, with the analysis document an analyzer would write of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strangler.analysis import Analysis, Call, Edge, Evidence, Function, Module, Param, Route
from strangler.plan import Plan, loads

SOURCES = {
    "shop/__init__.py": '"""A shop."""\n',
    "shop/clock.py": "def today():\n    return 1\n",
    "shop/stock/__init__.py": "",
    "shop/stock/service.py": (
        "from shop import clock\n\n\nclass Missing(Exception):\n    pass\n\n\n"
        "def level(sku: str, at=None) -> int:\n"
        "    if sku == 'none':\n        raise Missing(sku)\n    return len(sku) + clock.today()\n"
    ),
    "shop/stock/api.py": (
        "from flask import Blueprint, jsonify\n\nfrom shop.stock import service\n\n"
        "bp = Blueprint('stock', __name__, url_prefix='/api/stock')\n\n\n"
        "@bp.get('/<sku>')\ndef level(sku):\n    return jsonify(level=service.level(sku))\n"
    ),
    "shop/orders/__init__.py": "",
    "shop/orders/models.py": "TABLE = 'orders'\n",
    "shop/orders/service.py": (
        "from shop.orders import models\n"
        "from shop.stock import service as stock  # who has it\n\n\n"
        "def order(skus):\n    return [stock.level(sku) for sku in skus], models.TABLE\n"
    ),
    "shop/orders/api.py": (
        "from flask import Blueprint, jsonify\n\nfrom shop.orders import service\n\n"
        "bp = Blueprint('orders', __name__)\n\n\n"
        "@bp.get('/orders')\ndef orders():\n    return jsonify(service.order(['a', 'bc'])[0])\n"
    ),
    "shop/app.py": (
        "from flask import Flask\n\nfrom shop.orders import api as orders\nfrom shop.stock import api as stock\n\n\n"
        "def create_app():\n    app = Flask(__name__)\n"
        "    app.register_blueprint(orders.bp)\n    app.register_blueprint(stock.bp)\n    return app\n"
    ),
}

_IMPORTS = (
    ("shop.stock.service", "shop.clock", 1),
    ("shop.stock.api", "shop.stock.service", 3),
    ("shop.orders.service", "shop.orders.models", 1),
    ("shop.orders.service", "shop.stock.service", 2),
    ("shop.orders.api", "shop.orders.service", 3),
    ("shop.app", "shop.orders.api", 3),
    ("shop.app", "shop.stock.api", 4),
)
_ROLES = {"shop.stock.api": "routes", "shop.orders.api": "routes", "shop.orders.models": "models"}

PLAN = """\
version: 1
monolith: {name: shop, root: ., packages: [shop], framework: flask, test: "python -m pytest -q"}
services:
  stock:
    modules: [shop.stock, shop.stock.*]
    routes: ["/api/stock/**"]
"""


def plan(text: str = PLAN) -> Plan:
    return loads(text)


def analysis() -> Analysis:
    modules = tuple(_module(path) for path in sorted(SOURCES))
    paths = {module.name: module.path for module in modules}
    edges = tuple(
        Edge(source, target, "import", scope=("module",), evidence=(Evidence(paths[source], line, scope="module"),))
        for source, target, line in _IMPORTS
    )
    return Analysis(
        version="0",
        source_roots=(".",),
        packages=("shop",),
        modules=modules,
        edges=edges,
        routes=(
            Route(
                "GET /api/stock/{sku}", "flask", ("GET",), "/api/stock/{sku}", "shop.stock.api:level", "shop.stock.api"
            ),
        ),
        functions=(
            _function("shop.stock.service:level", 8, Param("sku", "positional_or_keyword", "str"), AT, returns="int"),
            _function("shop.orders.service:order", 5, Param("skus", "positional_or_keyword")),
            _function("shop.clock:today", 1),
        ),
        calls=(
            Call(
                "shop.orders.service:order", "shop.stock.service:level", (Evidence("shop/orders/service.py", 6),), True
            ),
            Call("shop.stock.service:level", "shop.clock:today", (Evidence("shop/stock/service.py", 11),)),
        ),
    )


AT = Param("at", "positional_or_keyword", default="None")


def _function(ref: str, line: int, *params: Param, returns: str | None = None) -> Function:
    path = ref.partition(":")[0].replace(".", "/") + ".py"
    return Function(ref, path, line, line + 2, "function", params, returns)


def _module(path: str) -> Module:
    package = path.endswith("__init__.py")
    name = path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
    roles = (_ROLES[name],) if name in _ROLES else ()
    return Module(name, path, package, roles=roles)


def lay_out(root: Path, files: Mapping[str, str] = SOURCES) -> Path:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root
