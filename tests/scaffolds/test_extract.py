from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.analysis import Edge, Evidence, Module
from strangler.errors import StranglerError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small.lay_out(tmp_path / "monolith")


def extraction(root: Path) -> scaffolds.Extraction:
    return scaffolds.extract(small.analysis(), small.plan(), "stock", root)


def test_moved_and_shared_files_are_the_monoliths_byte_for_byte(root: Path) -> None:
    done = extraction(root)
    same = [path for path, origin in done.origin.items() if origin in ("moved", "shared")]
    assert sorted(same) == [
        "shop/__init__.py",
        "shop/clock.py",
        "shop/stock/__init__.py",
        "shop/stock/api.py",
        "shop/stock/service.py",
    ]
    for path in same:
        assert done.tree[f"stock_service/domain/{path}"] == (root / path).read_bytes()


def test_data_of_a_source_root_that_nothing_comes_from_stays(root: Path) -> None:
    (root / "shop/clock.py").write_text("NOTES = 'notes.txt'\n\n\ndef today():\n    return 1\n")
    for folder in ("", "tools/"):
        (root / folder).mkdir(exist_ok=True)
        (root / folder / "notes.txt").write_text(f"of {folder or 'the shop'}\n")
    analysis = dataclasses.replace(small.analysis(), source_roots=(".", "tools"))
    done = scaffolds.extract(analysis, small.plan(), "stock", root)
    assert done.tree["stock_service/domain/notes.txt"] == b"of the shop\n"
    assert done.data == {"notes.txt": len("of the shop\n")}


def test_migrations_go_with_their_configuration(root: Path) -> None:
    (root / "shop/clock.py").write_text("CONFIG = 'alembic.ini'\n\n\ndef today():\n    return 1\n")
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (root / "migrations").mkdir()
    (root / "migrations/env.py").write_text("import alembic\n")
    done = extraction(root)
    assert done.tree["stock_service/domain/alembic.ini"] == b"[alembic]\nscript_location = %(here)s/migrations\n"
    assert done.tree["stock_service/domain/migrations/env.py"] == b"import alembic\n"
    assert {"alembic.ini", "migrations/env.py"} <= done.data.keys()
    assert b'"alembic"' in done.tree["pyproject.toml"]


def test_what_migrations_import_goes_along_if_it_may_and_is_told_if_not(root: Path) -> None:
    (root / "shop/clock.py").write_text("CONFIG = 'alembic.ini'\n\n\ndef today():\n    return 1\n")
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (root / "migrations").mkdir()
    (root / "migrations/env.py").write_text("from shop.kinds import base\nfrom shop.orders import models\n")
    (root / "shop/kinds").mkdir()
    (root / "shop/kinds/base.py").write_text("from shop.orders import words\n")
    (root / "shop/orders/words.py").write_text("import shop.orders.models\n")
    found = small.analysis()
    added = [Module(name, path, False) for name, path in MIGRATING.items()]
    edges = [
        Edge(source, target, "import", scope=("module",), evidence=(Evidence(MIGRATING[source], line, scope="module"),))
        for source, target, line in MIGRATIONS_IMPORT
    ]
    analysis = dataclasses.replace(found, modules=(*found.modules, *added), edges=(*found.edges, *edges))
    shared = small.PLAN + "    shared: [shop.kinds.*]\n"
    done = scaffolds.extract(analysis, small.plan(shared), "stock", root)
    assert done.origin["shop/kinds/base.py"] == "shared"
    assert "shop/orders/models.py" not in done.origin
    told = [str(finding.location) for finding in done.findings if finding.rule == "IMPORT-OUT-LATER"]
    assert told == ["migrations/env.py:2", "shop/kinds/base.py:1"]


MIGRATING = {
    "migrations.env": "migrations/env.py",
    "shop.kinds.base": "shop/kinds/base.py",
    "shop.orders.words": "shop/orders/words.py",
}
MIGRATIONS_IMPORT = (
    ("migrations.env", "shop.kinds.base", 1),
    ("migrations.env", "shop.orders.models", 2),
    ("shop.kinds.base", "shop.orders.words", 1),
    ("shop.orders.words", "shop.orders.models", 1),
)


def test_the_application_is_cut_down_to_the_seam(root: Path) -> None:
    text = extraction(root).tree["stock_service/domain/shop/app.py"].decode()
    assert "register_blueprint(stock.bp)" in text
    assert "orders" not in text


def test_call_sites_import_the_client_and_keep_every_other_byte(root: Path) -> None:
    (edit,) = [edit for edit in extraction(root).edits if edit.before is not None]
    assert edit.path == "shop/orders/service.py"
    before = small.SOURCES[edit.path]
    assert edit.after.decode() == before.replace("from shop.stock import", "from shop.service_clients.stock import")


def test_the_monolith_behaves_as_before_with_the_client_in_between(root: Path) -> None:
    scaffolds.write(extraction(root), root, root / "services/stock")
    code = "from shop.orders.service import order; print(order(['a', 'bc']))"
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout == "([2, 3], 'orders')\n"


def test_the_client_gives_classes_of_the_seam_as_they_are(root: Path) -> None:
    scaffolds.write(extraction(root), root, root / "services/stock")
    code = (
        "import inspect\nfrom shop.service_clients.stock import service as client\nfrom shop.stock import service\n"
        "assert client.Missing is service.Missing\n"
        "try:\n    client.level('none')\n"
        "except service.Missing as error:\n    print(error, inspect.signature(client.level))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout == "none (sku: 'str', at=None) -> 'int'\n"


def test_extracting_twice_gives_the_same_bytes_and_changes_nothing_more(root: Path) -> None:
    first = extraction(root)
    assert extraction(root).tree == first.tree
    scaffolds.write(first, root, root / "services/stock")
    assert extraction(root).edits == ()


def test_the_order_of_the_documents_lists_changes_nothing(root: Path) -> None:
    document = small.analysis()
    turned = dataclasses.replace(
        document,
        modules=document.modules[::-1],
        edges=document.edges[::-1],
        functions=document.functions[::-1],
        calls=document.calls[::-1],
    )
    again = scaffolds.extract(turned, small.plan(), "stock", root)
    first = extraction(root)
    assert (again.tree, again.edits, again.findings) == (first.tree, first.edits, first.findings)


def test_a_chatty_loop_is_shown_with_its_line(root: Path) -> None:
    found = [f for f in extraction(root).findings if f.rule == "CALL-LOOP"]
    assert [str(f.location) for f in found] == ["shop/orders/service.py:6"]


def test_an_unknown_service_is_named_with_those_that_exist() -> None:
    with pytest.raises(StranglerError) as caught:
        scaffolds.crossings(small.analysis(), small.plan(), "stocks")
    assert "stock" in caught.value.hint


def test_a_module_that_stays_and_is_needed_is_refused_until_it_is_waived(root: Path) -> None:
    document = small.analysis()
    needs = dataclasses.replace(document.edges[0], target="shop.orders.models")
    document = dataclasses.replace(document, edges=(*document.edges, needs))
    (found,) = [c for c in scaffolds.crossings(document, small.plan(), "stock") if c.rule.name == "IMPORT-OUT"]
    assert (str(found.location), found.verdict) == ("shop/stock/service.py:1", scaffolds.Verdict.REFUSE)
    waived = small.PLAN + '    waive: [{rule: IMPORT-OUT, at: "shop/stock/service.py:1", reason: "seen"}]\n'
    (found,) = [c for c in scaffolds.crossings(document, small.plan(waived), "stock") if c.rule.name == "IMPORT-OUT"]
    assert (found.waived, found.verdict) == ("seen", scaffolds.Verdict.TODO)


def test_the_openapi_document_has_each_function_with_its_types(root: Path) -> None:
    document = json.loads(extraction(root).tree["openapi.json"])
    operation = document["paths"]["/_strangler/calls/shop.stock.service/level"]["post"]
    arguments = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["arguments"]
    assert arguments["required"] == ["sku"]
    assert arguments["properties"]["sku"] == {"type": "string"}
