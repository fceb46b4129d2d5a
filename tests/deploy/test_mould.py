from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strangler.errors import PlanError
from strangler.plan import Plan, load, load_tenants
from strangler.plan.platform import Tenant
from strangler_deploy import mould
from strangler_deploy.estate import Estate
from strangler_deploy.folder import tenant_files
from strangler_deploy.mould import Mould, classes, folders, mould_for

from .estates import ISOLATIONS, plan

_EXAMPLES = sorted(Path("docs/examples").glob("*/strangler.yaml"))
# Ids that a YAML reader could take for something else, that are too long for names, with and without hyphens.
_IDS = ("true", "no", "y", "null", "1e3", "0x1f", "007", "e", "a" * 63, "a-" * 31 + "b", "acme", "acme-prod", "ac", "-")
_NAMES = ("", "yes", "a: b", "{{x}}", "%s", 'O\'Neill "& Co" #1', "1e3", "Zürich", "'", "\\n")
_LABEL = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?", fullmatch=True)


def _tenant(**fields: object) -> Tenant | None:
    try:
        return Tenant.model_validate(fields)
    except (ValueError, PlanError):
        return None


def _is_cast(estate: Estate, example: Tenant, other: Tenant) -> None:
    assert Mould(estate, example).files(other) == list(tenant_files(estate, other)), other.id


@pytest.mark.parametrize("isolation", ISOLATIONS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(_IDS) | _LABEL, st.sampled_from(_NAMES))
def test_what_is_cast_is_what_would_be_rendered(isolation: str, id_: str, name: str) -> None:
    estate, other = Estate(plan(isolation)), _tenant(id=id_, name=name, cluster="main")
    example = Tenant(id="an-example" if "-" in id_ else "example", name="x" if name else "", cluster="main")
    if other is not None:
        _is_cast(estate, example, other)


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.parent.name)
def test_every_tenant_of_the_examples_has_a_mould(path: Path) -> None:
    estate = Estate(load(path))
    for tenant in load_tenants(path.parent / "tenants").values():
        shared = tenant.model_copy(update={"isolation": "bridge"}) if tenant.isolation == "silo" else tenant
        members = [shared.model_copy(update={"id": f"{tenant.id}{number}"}) for number in range(200)]
        for alike in classes(estate, members).values():
            assert len(alike) < 5 or mould_for(estate, alike) is not None, tenant.id


def test_tenants_are_alike_where_only_id_and_name_differ(plan: Plan) -> None:
    same = [Tenant(id="a", name="A"), Tenant(id="b", name="B")]
    others = [Tenant(id="c", name="C", suspended=True), Tenant(id="d"), Tenant(id="e-f", name="E")]
    assert sorted(map(len, classes(Estate(plan), [*same, *others]).values())) == [1, 1, 1, 2]


def test_a_mould_that_does_not_fit_is_not_used(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that looks at a tenant's id behind the blank's back: its tenants are rendered one by one."""
    estate, tenants = Estate(plan), [Tenant(id=id_) for id_ in ("a", "bb", "ccc", "dddd", "eeeee", "ffffff")]
    honest = mould.placed_files

    def peeking(estate: Estate, placement: object) -> list[tuple[str, str]]:
        files = list(honest(estate, placement))  # type: ignore[arg-type]
        return [(path, text + "#" * len(placement.id)) for path, text in files]  # type: ignore[attr-defined]

    assert mould_for(estate, tenants) is not None
    monkeypatch.setattr(mould, "placed_files", peeking)
    assert mould_for(estate, tenants) is None
    assert list(folders(estate, tenants)) == [list(tenant_files(estate, tenant)) for tenant in tenants]
