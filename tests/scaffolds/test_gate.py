from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler_scaffolds.gate import breaking

TEXT, WHOLE, NUMBER, NOTHING = {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "null"}


def document(
    properties: dict[str, Any], required: tuple[str, ...] = (), result: Any = None, **schemas: Any
) -> dict[str, Any]:
    arguments = {"type": "object", "properties": properties, "required": list(required)}
    body = {"type": "object", "properties": {"arguments": arguments}}
    answer = {"type": "object", "properties": {"result": WHOLE if result is None else result}}
    post = {
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": {"content": {"application/json": {"schema": answer}}}},
    }
    return {"paths": {"/f": {"post": post}}, "components": {"schemas": schemas}}


def either(*options: Any) -> dict[str, Any]:
    return {"anyOf": list(options)}


def data(**members: Any) -> dict[str, Any]:
    content = {"type": "object", "properties": members}
    items = [{"const": "shop:Item"}, content]
    tagged = {"type": "object", "properties": {"$data": {"type": "array", "prefixItems": items}}}
    return {**tagged, "required": ["$data"], "additionalProperties": False}


OLD = document({"a": WHOLE, "b": TEXT}, ("a",))


@pytest.mark.parametrize(
    ("new", "breaks"),
    [
        (OLD, []),
        ({"paths": {}}, ["/f is gone"]),
        (document({"a": WHOLE}, ("a",)), ["/f: argument b is gone"]),
        (document({"a": WHOLE, "b": TEXT}, ("a", "b")), ["/f: argument b is required now"]),
        (document({"a": TEXT, "b": TEXT}, ("a",)), ["/f: argument a no longer takes what it took"]),
        (document({"a": WHOLE, "b": TEXT}, ("a",), TEXT), ["/f: the result is no longer what it was"]),
        (document({"a": WHOLE, "b": TEXT}), []),
        (document({"a": WHOLE, "b": TEXT, "c": {}}, ("a",)), []),
        (document({"a": either(WHOLE, NOTHING), "b": NUMBER}, ("a",)), ["/f: argument b no longer takes what it took"]),
    ],
)
def test_a_change_that_breaks_callers_is_named(new: dict[str, Any], breaks: list[str]) -> None:
    assert breaking(OLD, new) == breaks


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (WHOLE, NUMBER),
        (WHOLE, either(WHOLE, NOTHING)),
        (either(TEXT, WHOLE), either(NOTHING, WHOLE, TEXT)),
        ({"type": "array", "items": WHOLE}, {"type": "array", "items": NUMBER}),
        ({"type": "object", "additionalProperties": WHOLE}, {"type": "object", "additionalProperties": NUMBER}),
        (data(a=WHOLE, b=TEXT), data(a=NUMBER)),
        ({"type": "string"}, {"type": ["string", "array"]}),
    ],
)
def test_arguments_may_take_more_and_results_give_less(narrow: Any, wide: Any) -> None:
    assert breaking(document({"a": narrow}), document({"a": wide})) == []
    assert breaking(document({}, (), wide), document({}, (), narrow)) == []
    assert breaking(document({"a": wide}), document({"a": narrow})) == ["/f: argument a no longer takes what it took"]
    assert breaking(document({}, (), narrow), document({}, (), wide)) == ["/f: the result is no longer what it was"]


@pytest.mark.parametrize("known", [WHOLE, either(TEXT, NOTHING), data(a=WHOLE)])
def test_learning_a_type_breaks_nobody(known: Any) -> None:
    assert breaking(document({"a": {}}, (), {}), document({"a": known}, (), known)) == []
    assert breaking(document({"a": known}, (), known), document({"a": {}}, (), {})) == []


def test_classes_are_looked_up_each_in_its_own_document() -> None:
    item = {"$ref": "#/components/schemas/Item"}
    old = document({}, (), item, Item=data(a=WHOLE, inner=item))
    assert breaking(old, document({}, (), item, Item=data(a=WHOLE, inner=item, more=TEXT))) == []
    assert breaking(old, document({}, (), item, Item=data(inner=item))) == ["/f: the result is no longer what it was"]


def test_another_class_is_another_type() -> None:
    other = json.loads(json.dumps(data(a=WHOLE)).replace("shop:Item", "shop:Other"))
    assert breaking(document({}, (), data(a=WHOLE)), document({}, (), other)) != []


def test_a_break_that_was_decided_on_passes() -> None:
    assert breaking(OLD, {"paths": {}, "x-accepted-breaks": ["/f is gone"]}) == []


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A service of its own in a repository of its own, as `extract` writes it."""
    root = small.lay_out(tmp_path / "monolith")
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    folder = tmp_path / "service"
    scaffolds.write(done, root, folder)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "first")
    return folder


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)


def gate(folder: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "ci/api_gate.py", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def describe(folder: Path, change: Any) -> None:
    path = folder / "openapi.json"
    content = json.loads(path.read_text())
    (operation,) = (item["post"] for item in content["paths"].values())
    change(operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["arguments"])
    path.write_text(json.dumps(content))


def test_the_gate_runs_in_the_services_own_repository(service: Path) -> None:
    assert gate(service)[0] == 0
    git(service, "switch", "-q", "-c", "harmless")
    describe(service, lambda arguments: arguments["properties"].update(more=TEXT))
    commit(service, "an argument more, which nobody has to give")
    assert gate(service, "--against", "main")[0] == 0
    git(service, "switch", "-q", "-c", "breaking", "main")
    describe(service, lambda arguments: arguments["required"].append("at"))
    commit(service, "an argument that nobody gives yet")
    for against in ((), ("--against", "main"), ("--base", "old.json")):
        (service / "old.json").write_bytes(subprocess.check_output(["git", "-C", service, "show", "main:openapi.json"]))
        status, said = gate(service, *against)
        assert (status, "argument at is required now" in said) == (1, True), against


def test_the_gate_looks_back_to_the_last_release(service: Path) -> None:
    git(service, "tag", "v1")
    describe(service, lambda arguments: arguments["properties"].pop("at"))
    commit(service, "an argument less")
    commit(service, "something else")
    assert "argument at is gone\n1 breaks since v1" in gate(service)[1]


def test_what_cannot_be_compared_is_never_passed(service: Path, tmp_path: Path) -> None:
    assert gate(service, "--against", "no-such-branch")[0] == 2
    (service / "openapi.json").write_text("{")
    assert gate(service)[0] == 2


def test_the_workflow_runs_it(service: Path) -> None:
    workflow = (service / ".github/workflows/ci.yml").read_text()
    assert "python ci/api_gate.py ${{ github.base_ref && format('--against origin/{0}', github.base_ref) }}" in workflow
    assert "fetch-depth: 0" in workflow
