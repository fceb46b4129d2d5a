from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, insert, select, text

from strangler.errors import StranglerError
from strangler_deploy.control_plane.store.store import Store, StoreError, add, serialise, upsert
from strangler_deploy.control_plane.store.tables import events, facts, metadata
from strangler_deploy.control_plane.tenants.requests import open_requests
from strangler_deploy.control_plane.tenants.stages import State

ROW = {"type": "t", "tenant": "acme", "detail": {}, "at": "2026"}


def test_the_migrations_make_the_tables_that_the_code_knows(database: str) -> None:
    store = Store(database)
    with store.read() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    store.close()
    assert difference == []


def test_what_an_older_version_has_written_is_kept(database: str) -> None:
    older = Store(database)
    engine = create_engine(older.engine.url)
    older.close()
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE requests DROP COLUMN leave_data"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.execute(text("INSERT INTO facts VALUES ('kept', 'yes')"))
        at = "'2026-11-03T12:00:00.000000Z'"
        connection.execute(text(f"INSERT INTO tenants VALUES ('acme', 'active', '{{}}', 'standard', 1, {at}, {at})"))
        names = 'tenant, kind, wish, state, reason, findings, "commit", branch, actor, created, updated'
        values = f"'acme', 'onboard', '{{}}', 'pending', '', '[]', '', '', 'alice', {at}, {at}"
        connection.execute(text(f"INSERT INTO requests ({names}) VALUES ({values})"))
    engine.dispose()
    store = Store(database)
    with store.read() as connection:
        (asked,) = open_requests(connection, State.PENDING)
        assert (asked.tenant, asked.leave_data) == ("acme", False)
        assert connection.scalar(select(facts.c.value).where(facts.c.name == "kept")) == "yes"
    store.close()


def test_an_installation_keeps_its_name(database: str) -> None:
    first, second = Store(database), Store(database)
    assert first.instance == second.instance != ""
    first.close()
    second.close()


def test_a_transaction_that_raises_leaves_nothing(database: str) -> None:
    store = Store(database)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        add(connection, events, ROW)
        raise ZeroDivisionError
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == 0
    store.close()


def test_writers_wait_for_each_other_and_none_is_lost(database: str) -> None:
    store = Store(database)

    def write() -> None:
        for _ in range(10):
            with store.write() as connection:
                serialise(connection, facts)
                count = connection.scalar(select(facts.c.value).where(facts.c.name == "count")) or "0"
                row = {"name": "count", "value": str(int(count) + 1)}
                statement = upsert(connection, facts).values(row)
                connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        assert connection.scalar(select(facts.c.value).where(facts.c.name == "count")) == "40"
    store.close()


def test_numbers_rise_and_are_never_given_twice(database: str) -> None:
    store = Store(database)
    with store.write() as connection:
        first = add(connection, events, ROW)
        connection.execute(text("DELETE FROM events"))
        assert add(connection, events, ROW) == first + 1
    store.close()


def test_a_database_that_fails_is_an_error_of_the_store(database: str) -> None:
    store = Store(database)
    command = "PRAGMA query_only = ON" if store.is_sqlite else "SET TRANSACTION READ ONLY"
    with pytest.raises(StoreError, match="the database fails"), store.write() as connection:
        connection.exec_driver_sql(command)
        connection.execute(insert(events).values(ROW))
    store.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:p@h/d", "sqlite://"])
def test_an_address_of_no_database_of_ours_is_refused_with_a_hint(url: str) -> None:
    with pytest.raises(StranglerError) as caught:
        Store(url)
    assert "sqlite:///" in caught.value.hint


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    Store(f"sqlite:///{tmp_path / 'a/b/c.db'}").close()
    assert (tmp_path / "a/b/c.db").exists()
