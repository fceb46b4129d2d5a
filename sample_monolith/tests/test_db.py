from datetime import datetime

import pytest
from conftest import make_tenant
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from shop import db
from shop.errors import TenantRequired
from shop.tenancy import Tenant, current_tenant_id, tenant_scope

pytestmark = pytest.mark.usefixtures("emptied")


def slugs():
    return set(db.session.scalars(select(Tenant.slug)))


def test_only_the_outermost_transaction_commits():
    with pytest.raises(RuntimeError), db.transaction():
        make_tenant("inner")
        raise RuntimeError
    assert slugs() == set()


def test_a_caught_error_inside_does_not_undo_the_outer_work():
    with db.transaction():
        make_tenant("outer")
        with pytest.raises(RuntimeError), db.transaction():
            raise RuntimeError
    assert slugs() == {"outer"}


def test_on_commit_runs_afterwards_and_not_on_rollback():
    ran = []
    with db.transaction():
        with db.transaction():
            db.on_commit(lambda: ran.append("yes"))
        assert ran == []
    with pytest.raises(RuntimeError), db.transaction():
        db.on_commit(lambda: ran.append("no"))
        raise RuntimeError
    assert ran == ["yes"]


def test_on_commit_outside_of_a_transaction_runs_at_once():
    ran = []
    db.on_commit(lambda: ran.append(1))
    assert ran == [1]


def test_on_commit_errors_do_not_undo_the_commit():
    with db.transaction():
        make_tenant("kept")
        db.on_commit(lambda: 1 / 0)
    assert slugs() == {"kept"}


def test_naive_times_are_refused():
    with pytest.raises(StatementError, match="naive datetime"):
        db.session.scalars(select(Tenant).where(Tenant.created_at > datetime(2025, 1, 1)))


def test_tenant_scope_nests():
    with pytest.raises(TenantRequired):
        current_tenant_id()
    with tenant_scope(1):
        with tenant_scope(2):
            assert current_tenant_id() == 2
        assert current_tenant_id() == 1
