from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.analysis import Analysis, Edge, Evidence, Framework, Model, Module, Patch
from strangler.errors import StranglerError
from strangler_scaffolds.hosting import Cut
from strangler_scaffolds.moved_tests import MovedTests, choose
from strangler_scaffolds.moved_tests.fixtures import PytestFile
from strangler_scaffolds.moved_tests.plugins import BUILT_IN, PLUGINS
from strangler_scaffolds.moved_tests.settings import django_settings, pytest_settings, unittest_settings
from strangler_scaffolds.services.tree import render
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import survey

IMPORT = "from shop.stock import service\n\n\n"
USES = "def test_it({}):\n    assert service.level('a') == 2\n"


def document(files: dict[str, str]) -> Analysis:
    base = small.analysis()
    modules = [_module(path) for path in sorted(files) if path.endswith(".py")]
    return dataclasses.replace(base, modules=(*base.modules, *modules))


def _module(path: str) -> Module:
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return Module(name, path, path.endswith("__init__.py"), roles=("tests",))


def chosen(
    files: dict[str, str], cuts: tuple[Cut, ...] = (), analysis: Analysis | None = None, root: Path | None = None
) -> MovedTests:
    everything = {path: text.encode() for path, text in {**small.SOURCES, **files}.items()}
    territory = survey(analysis or document(files), small.plan(), "stock")
    return choose(territory, Sources(root or Path("/nowhere"), everything), cuts)


def why(files: dict[str, str], cuts: tuple[Cut, ...] = ()) -> str:
    (stayed,) = chosen(files, cuts).stayed
    return f"{stayed.path}:{stayed.line}: {stayed.why}"


def test_a_test_of_moved_code_goes_as_it_is() -> None:
    text = IMPORT + USES.format("tmp_path, level", "")
    files = {"tests/test_level.py": text.replace("def", "@pytest.mark.parametrize('level', [1])\ndef")}
    moved = chosen(files)
    assert (moved.paths, moved.stayed) == (("tests/test_level.py",), ())
    assert moved.files == {"tests/test_level.py": files["tests/test_level.py"].encode()}


def test_a_test_of_something_else_is_not_spoken_of() -> None:
    assert chosen({"tests/test_clock.py": "from shop import clock\n"}) == MovedTests()


def test_one_that_imports_what_stays_stays_with_its_line() -> None:
    files = {"tests/test_both.py": "from shop.stock import service\nfrom shop.orders import models\n"}
    assert why(files) == "tests/test_both.py:2: it imports shop.orders.models"


def test_what_only_type_checkers_read_keeps_nothing_back() -> None:
    guarded = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.orders import models\n"
    assert chosen({"tests/test_level.py": guarded + IMPORT}).paths == ("tests/test_level.py",)


def test_one_that_patches_what_stays_stays() -> None:
    files = {"tests/test_level.py": IMPORT}
    patch = Patch("shop.orders.service:order", "tests.test_level", (Evidence("tests/test_level.py", 7),))
    analysis = dataclasses.replace(document(files), patches=(patch,))
    assert chosen(files, analysis=analysis).stayed[0].why == "it patches shop.orders.service:order"


def test_code_beside_the_monolith_is_no_distribution_to_ask_for() -> None:
    files = {"tests/test_level.py": IMPORT + "import traffic\n", "traffic/__init__.py": ""}
    analysis = document({"tests/test_level.py": ""})
    assert "outside the monolith's packages" in chosen(files, analysis=analysis).stayed[0].why


def test_helpers_and_their_packages_go_along_and_what_they_need_counts() -> None:
    files = {
        "tests/__init__.py": "",
        "tests/helpers/__init__.py": "from tests.helpers.more import sku\n",
        "tests/helpers/more.py": "sku = 'a'\n",
        "tests/test_level.py": "from tests.helpers import sku\n" + IMPORT,
    }
    assert set(chosen(files).files) == set(files)
    files["tests/helpers/more.py"] = "from shop.orders import models as sku\n"
    assert why(files) == "tests/test_level.py:1: it imports tests.helpers.sku"


def test_what_nothing_but_tests_imports_is_a_helper_of_theirs() -> None:
    files = {"tests/test_level.py": "from shop import fakes\n" + IMPORT, "shop/fakes.py": ""}
    document_of = document(files)
    modules = [dataclasses.replace(m, roles=()) if m.name == "shop.fakes" else m for m in document_of.modules]
    edges = (*document_of.edges, Edge("tests.test_level", "shop.fakes", "import"))
    analysis = dataclasses.replace(document_of, modules=tuple(modules), edges=edges)
    assert set(chosen(files, analysis=analysis).files) == set(files)
    edges = (*edges, Edge("shop.orders.api", "shop.fakes", "import"))
    assert chosen(files, analysis=dataclasses.replace(analysis, edges=edges)).paths == ()
    started = [dataclasses.replace(m, roles=("cli",)) if m.name == "shop.fakes" else m for m in modules]
    assert chosen(files, analysis=dataclasses.replace(analysis, modules=tuple(started))).paths == ()


def test_files_that_tests_name_go_along_and_others_do_not() -> None:
    files = {"tests/test_level.py": IMPORT + "FILE = 'data/a.json'\n"}
    beside = {"tests/data/a.json": "{}", "tests/data/b.json": "{}"}
    assert set(chosen({**files, **beside}, analysis=document(files)).files) == {"tests/test_level.py"} | {
        "tests/data/a.json"
    }


CONFTEST = """\
import pytest
from shop import clock
from shop.orders import service as orders
from shop.orders.models import TABLE


@pytest.fixture
def now():
    return clock.today()


@pytest.fixture
def order():
    return orders.order(["a"])


@pytest.fixture
def reset():
    orders.forget()
    yield 1


@pytest.fixture
def lent():
    yield orders.order([])


@pytest.fixture
def late(order, now):
    return 1
"""


def conftest_and(asked: str, conftest: str = CONFTEST) -> dict[str, str]:
    return {"tests/conftest.py": conftest, "tests/test_level.py": IMPORT + USES.format(asked)}


@pytest.mark.parametrize("fixture", ["now", "reset"])
def test_fixtures_are_cut_down_to_what_works(fixture: str) -> None:
    moved = chosen(conftest_and(fixture))
    assert moved.paths == ("tests/test_level.py",)
    conftest = moved.files["tests/conftest.py"].decode()
    assert "def now" in conftest
    assert "orders" not in conftest
    ast.parse(conftest)


@pytest.mark.parametrize(("fixture", "line"), [("order", 13), ("lent", 24), ("late", 29)])
def test_who_asks_for_a_fixture_that_went_stays(fixture: str, line: int) -> None:
    expected = f"its fixture {fixture} (tests/conftest.py:{line}) needs shop.orders.service"
    assert why(conftest_and(fixture)) == f"tests/test_level.py:4: {expected}"


def test_a_fixture_that_every_test_has_keeps_all_back() -> None:
    automatic = CONFTEST.replace("@pytest.fixture\ndef order", "@pytest.fixture(autouse=True)\ndef order")
    assert "the fixture order (tests/conftest.py:13), which every test has" in why(conftest_and("now", automatic))


def test_a_conftest_that_does_not_work_without_what_stays_keeps_all_back() -> None:
    stuck = CONFTEST + "\nif TABLE:\n    now = None\nassert TABLE\n"
    assert "tests/conftest.py needs code that stays: assert TABLE" in why(conftest_and("now", stuck))
    loads = CONFTEST + "\npytest_plugins = ['shop.orders.api']\n"
    assert "loads shop.orders.api" in why(conftest_and("now", loads))


def test_a_fixture_that_nobody_knows_keeps_its_test_back() -> None:
    assert "its fixture stranger is not defined" in why({"tests/test_level.py": IMPORT + USES.format("stranger")})


def test_fixtures_of_plugins_bring_their_distribution() -> None:
    files = {"tests/test_level.py": IMPORT + USES.format("mocker") + "async def test_more():\n    pass\n"}
    assert chosen(files).plugins == ("pytest-asyncio", "pytest-mock")
    assert "client is not defined" in why({"tests/test_level.py": IMPORT + USES.format("client")})
    files = {"tests/test_level.py": IMPORT + USES.format("client")}
    django = dataclasses.replace(document(files), frameworks=(Framework("django"),))
    assert chosen(files, analysis=django).plugins == ("pytest-django",)
    assert not BUILT_IN & set(PLUGINS)


def test_fixtures_are_taken_from_modules_by_name_by_star_and_as_plugins() -> None:
    shared = "import pytest\n@pytest.fixture(name='box')\ndef make_box():\n    return 1\n"
    for way in ("from tests.helpers import *", "from tests.helpers import box", "pytest_plugins = 'tests.helpers'"):
        files = {"tests/conftest.py": way + "\n", "tests/helpers.py": shared}
        moved = chosen({**files, "tests/__init__.py": "", "tests/test_level.py": IMPORT + USES.format("box")})
        assert "tests/helpers.py" in moved.files, way
        away = {"tests/helpers.py": shared + "from shop.orders import models\n"}
        stays = why({**files, **away, "tests/__init__.py": "", "tests/test_level.py": IMPORT + USES.format("box")})
        assert "tests/helpers.py" in stays or "loads tests.helpers" in stays, way


def test_names_of_a_conftest_can_be_imported_if_they_are_left() -> None:
    files = {"tests/conftest.py": CONFTEST, "tests/__init__.py": ""}
    files["tests/test_level.py"] = "from tests.conftest import now\n" + IMPORT
    assert chosen(files).paths == ("tests/test_level.py",)
    files["tests/test_level.py"] = "from tests.conftest import order\n" + IMPORT
    assert "it imports tests.conftest.order, which needs shop.orders.service" in why(files)


def test_names_that_were_cut_from_the_application_are_missed() -> None:
    cut = Cut("shop.app", "shop/app.py", b"def create_app():\n    pass\n")
    files = {"tests/test_level.py": IMPORT + "from shop.app import create_app\n"}
    assert chosen(files, (cut,)).paths == ("tests/test_level.py",)
    files = {"tests/test_level.py": IMPORT + "from shop.app import Flask\n"}
    assert "shop.app.Flask" in why(files, (cut,))


def test_a_test_runner_that_settings_name_goes_along() -> None:
    cut = Cut("shop.app", "shop/app.py", b"TEST_RUNNER = 'shop.testing.Runner'\n")
    files = {"tests/test_level.py": IMPORT, "shop/testing.py": "class Runner:\n    pass\n"}
    assert "shop/testing.py" in chosen(files, (cut,)).files


def test_what_a_file_asks_of_fixtures() -> None:
    text = """\
import pytest
import unittest
from unittest.mock import patch
pytestmark = pytest.mark.parametrize("everywhere", [1])
class TestMany:
    @pytest.mark.parametrize(("one", "two"), [(1, 2)])
    def test_a(self, one, two, three, four=4): ...
    @pytest.mark.parametrize("five", ["x"], indirect=True)
    def test_b(self, five, everywhere): ...
    @patch("x.y")
    def test_c(self, mocked): ...
@pytest.mark.usefixtures("six")
def test_d(request):
    request.getfixturevalue("seven")
class Old(unittest.TestCase):
    def test_e(self, eight): ...
"""
    file = PytestFile(ast.parse(text))
    assert set(file.asked) == {"three", "five", "six", "request", "seven"}
    assert {"pytestmark", "TestMany", "patch"} <= file.names


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "-x"\nasyncio_mode = "auto"\nmarkers = ["slow: s"]\n'),
        ("pytest.ini", "[pytest]\naddopts = -x\nasyncio_mode = auto\nmarkers =\n    slow: s\n"),
        ("setup.cfg", "[tool:pytest]\nasyncio_mode = auto\nmarkers = slow: s\n"),
    ],
)
def test_pytest_is_told_what_the_monolith_told_it(path: str, text: str) -> None:
    sources = Sources(Path("/nowhere"), {path: text.encode()})
    assert pytest_settings(sources) == {"asyncio_mode": "auto", "markers": ["slow: s"]}


@pytest.mark.parametrize(("path", "text"), [("pyproject.toml", "x ="), ("pytest.ini", "no section = 1\n")])
def test_settings_that_cannot_be_read_are_said(path: str, text: str) -> None:
    with pytest.raises(StranglerError, match=f"{path} cannot be read"):
        pytest_settings(Sources(Path("/nowhere"), {path: text.encode()}))


MIGRATIONS = {
    "shop/stock/migrations/__init__.py": "",
    "shop/stock/migrations/0001_initial.py": "from django.db import migrations\n",
    "shop/stock/migrations/seed.csv": "a,1\n",
    "shop/stock/management/__init__.py": "",
    "shop/stock/management/commands/__init__.py": "",
    "shop/stock/management/commands/migrate.py": "from shop.stock.service import level\n",
    "shop/stock/management/commands/report.py": "from shop.orders import models\n",
}


def migrated(files: dict[str, str], root: Path | None = None) -> MovedTests:
    """What goes with a test where the seam has a model of Django's."""
    files = {"tests/test_level.py": IMPORT, **files}
    analysis = document(files)
    roles = {"migrations": ("migrations",), "management": ()}
    modules = tuple(
        dataclasses.replace(module, roles=next((roles[part] for part in roles if part in module.name), module.roles))
        for module in analysis.modules
    )
    model = Model("shop.stock.service:Level", "django", "shop.stock.service")
    return chosen(files, (), dataclasses.replace(analysis, modules=modules, models=(model,)), root)


def test_the_tables_of_djangos_tests_are_made_as_in_the_monolith(tmp_path: Path) -> None:
    moved = migrated(MIGRATIONS, small.lay_out(tmp_path, {**small.SOURCES, **MIGRATIONS}))
    assert (moved.migrated, moved.unmigrated) == (True, "")
    wanted = {path for path in MIGRATIONS if not path.endswith("report.py")}
    assert moved.files.keys() == {"tests/test_level.py", *wanted}


def test_migrations_that_need_what_stays_are_said_and_none_goes() -> None:
    name = "shop/stock/migrations/0001_initial.py"
    moved = migrated({**MIGRATIONS, name: "import os\nfrom shop.orders import models\n"})
    assert (moved.migrated, moved.unmigrated) == (False, f"{name}:2 imports shop.orders.models")
    assert moved.files.keys() == {"tests/test_level.py"}


def test_nothing_is_said_of_migrations_where_there_are_none() -> None:
    moved = migrated({})
    assert (moved.migrated, moved.unmigrated) == (False, "")


@pytest.mark.parametrize("tests", [MovedTests(), MovedTests(migrated=True), MovedTests(django_settings="shop.testing")])
def test_what_djangos_tests_start_from_is_written_as_the_tests_say(tests: MovedTests) -> None:
    text = render("django_tests/conftest.py.jinja", it=SimpleNamespace(tests=tests, package="stock_service"), header="")
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert ("MigrationLoader" in names) == tests.migrated
    assert ('"DJANGO_SETTINGS_MODULE", "shop.testing"' in text) == bool(tests.django_settings)


@pytest.mark.parametrize(
    ("command", "stated", "named"),
    [
        ("python manage.py test --settings=shop.settings.test", "", "shop.settings.test"),
        ("python manage.py test --settings shop.settings.test -v 0", "other", "shop.settings.test"),
        ("python -m pytest --ds=shop.testing", "other", "shop.testing"),
        ("env DJANGO_SETTINGS_MODULE='shop.testing' python -m pytest", "", "shop.testing"),
        ("python -m pytest", "shop.testing", "shop.testing"),
        ("python -m pytest", "", ""),
    ],
)
def test_the_settings_of_a_run_are_those_of_its_command(command: str, stated: str, named: str) -> None:
    text = f"[pytest]\nDJANGO_SETTINGS_MODULE = {stated}\n" if stated else ""
    assert django_settings(command, Sources(Path("/nowhere"), {"pytest.ini": text.encode()})) == named


@pytest.mark.parametrize("command", ["python manage.py test", "python -m unittest discover", "django-admin test a"])
def test_test_cases_within_classes_are_none_where_unittest_looks_for_them(command: str) -> None:
    assert unittest_settings(command) == {"python_classes": []}
    assert unittest_settings("python -m pytest tests") == {}


def test_the_service_runs_them_and_its_image_is_built_without(tmp_path: Path) -> None:
    files = {
        "tests/conftest.py": CONFTEST,
        "tests/test_level.py": IMPORT + USES.format("now"),
        "tests/test_order.py": IMPORT + USES.format("order"),
        "shop/stock/tests/__init__.py": "",
        "shop/stock/tests/test_inside.py": "from .. import service\n" + USES.format(""),
    }
    root = small.lay_out(tmp_path / "monolith", {**small.SOURCES, **files})
    done = scaffolds.extract(document(files), small.plan(), "stock", root)
    scaffolds.write(done, root, tmp_path / "service")
    inside = "stock_service/domain/shop/stock/tests/"
    assert done.tree["tests/monolith/tests/test_level.py"].decode() == files["tests/test_level.py"]
    assert inside in done.tree[".dockerignore"].decode()
    assert f'"/{inside}"' in done.tree["pyproject.toml"].decode()
    assert "tests/test_order.py:4" in done.tree["README.md"].decode()
    ran = _pytest(tmp_path / "service")
    assert ran.returncode == 0, ran.stdout
    service = tmp_path / "service/stock_service/domain/shop/stock/service.py"
    service.write_text(service.read_text().replace("len(sku) + clock", "len(sku) - clock"))
    assert {line.split()[1] for line in _pytest(tmp_path / "service").stdout.splitlines() if "FAILED" in line} == {
        "tests/monolith/tests/test_level.py::test_it",
        f"{inside}test_inside.py::test_it",
    }


def _pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
