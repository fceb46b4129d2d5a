"""Whatever a plan or a tenant's file says: a clear error, or a tree in which it is text and nothing else."""

from __future__ import annotations

from typing import Any, get_args

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from strangler.errors import PlanError
from strangler.model import Severity
from strangler.plan import Plan, loads
from strangler.plan.platform import Platform, Tenant
from strangler.plan.schema import Service
from strangler_deploy import check, render
from strangler_deploy.names import joined

from .conftest import PLAN

_HOSTILE = (
    "true", "no", "1e3", "0x10", "null", "~", "", " ", "-", "a: b", "a #b", "{x: 1}", "[x]", "*a", "&a", "!!int 3", "|",
    ">",
    "line\nkind: Secret", "a\r\nb", "---\nkind: Pod", "'", '"', "\\", "../../etc/passwd", "/abs", "a/b", "x" * 300,
    "é", "\u202eabc", "日本", "\x00", "\ufeff", "\u2028", "{{.tenant}}", "${schema.spec.id}", "$(id)", "`id`",
    "a;b", "%s",
    "kube-system", "default", "argocd", "platform-system", "system:masters", "a" * 63, "a--b", "1", "0",
)  # fmt: skip
# A quota of nothing (``0``) is text as it should be, and too small: what these find is true.
_TRUE = ("DEPLOY-CEILING", "DEPLOY-C9")
_TEXT = st.sampled_from(_HOSTILE) | st.text(max_size=12)


def _paths(section: type[BaseModel], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every key below a section that takes text, with ``x`` for a name that is free; also every free name itself."""
    found: list[tuple[str, ...]] = []
    for name, field in section.model_fields.items():
        found += _below(field.annotation, (*before, name))
    return found


def _below(annotation: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _paths(annotation, path)
    if annotation is str:
        return [path]
    origin = getattr(annotation, "__origin__", None)
    arguments = get_args(annotation)
    if origin is not None and "Mapping" in str(origin):
        return [(*path, "<name>"), *_below(arguments[1], (*path, "x"))]
    step = ("[]",) if origin is tuple else ()
    return [item for argument in arguments for item in _below(argument, (*path, *step))]


_PLATFORM_PATHS = [("platform", *path) for path in _paths(Platform)]
_SERVICE_PATHS = [("services", "orders", *path) for path in _paths(Service)]
_TENANT_PATHS = _paths(Tenant)


def _put(data: Any, path: tuple[str, ...], text: str) -> Any:
    """The data with ``text`` at a path (as a key where the path ends in a free name)."""
    if not path:
        return text
    step, rest = path[0], path[1:]
    if step == "[]":
        return [_put(None, rest, text)]
    base = dict(data) if isinstance(data, dict) else {}
    if step == "<name>":
        return {**base, text: next(iter(base.values()), {})}
    return {**base, step: _put(base.get(step), rest, text)}


def _render(plan_data: Any, tenant_data: Any) -> tuple[Plan, dict[str, Tenant], dict[str, str]] | None:
    try:
        plan = loads(yaml.safe_dump(plan_data, allow_unicode=True))
        tenant = Tenant.model_validate(tenant_data)
        tenants = {tenant.id: tenant}
        return plan, tenants, render(plan, tenants)
    except (PlanError, ValueError):
        return None


def _is_harmless(text: str, made: tuple[Plan, dict[str, Tenant], dict[str, str]]) -> None:
    plan, tenants, tree = made
    for path, content in tree.items():
        parts = path.split("/")
        assert ".." not in parts
        assert all(part and part.isprintable() and len(part) < 256 for part in parts)
        if path.endswith(".yaml"):
            assert len(list(yaml.safe_load_all(content))) == 1, path
    errors = [f for f in check(tree, plan, tenants) if f.severity is Severity.ERROR and f.rule not in _TRUE]
    assert errors == [], text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(_PLATFORM_PATHS + _SERVICE_PATHS), _TEXT)
def test_no_text_of_a_plan_becomes_more_than_text(path: tuple[str, ...], text: str) -> None:
    made = _render(_put(yaml.safe_load(PLAN), path, text), {"id": "acme"})
    if made is not None:
        _is_harmless(text, made)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(_TENANT_PATHS), _TEXT)
def test_no_text_of_a_tenant_becomes_more_than_text(path: tuple[str, ...], text: str) -> None:
    made = _render(yaml.safe_load(PLAN), _put({"id": "acme"}, path, text))
    if made is not None:
        _is_harmless(text, made)


def test_a_quota_of_nothing_is_found_too_small_and_no_more() -> None:
    made = _render(yaml.safe_load(PLAN), {"id": "acme", "quota": {"cpu": "0"}})
    assert made is not None
    _is_harmless("0", made)


def test_argo_cd_may_live_in_any_namespace() -> None:
    made = _render(_put(yaml.safe_load(PLAN), ("platform", "delivery", "namespace"), "deliveries"), {"id": "acme"})
    assert made is not None
    _is_harmless("deliveries", made)


def test_every_text_of_the_declaration_is_tried() -> None:
    tried = {path[-1] for path in _PLATFORM_PATHS + _TENANT_PATHS}
    assert {"host", "registry", "repository", "schedule", "name", "model", "address", "certificate", "id"} <= tried
    assert len(_PLATFORM_PATHS) > 80


def test_the_longest_names_still_fit() -> None:
    made = _render(yaml.safe_load(PLAN), {"id": "a" * 63})
    assert made is not None
    _is_harmless("a" * 63, made)
    assert len(joined("tenant", "a" * 63)) == 63
