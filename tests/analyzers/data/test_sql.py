"""SQL in texts: the tables that it reads and writes."""

from __future__ import annotations

import pytest

from strangler_analyzers.data.sql import Statement, tables_in


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("SELECT * FROM a JOIN b ON a.x = b.x WHERE y = %s", ("a", "b"), ()),
        ("INSERT INTO a (x) SELECT x FROM b", ("b",), ("a",)),
        ("UPDATE a SET x = :x WHERE y = 1", (), ("a",)),
        ("DELETE FROM shop.a WHERE x = ?", (), ("a",)),
        ("WITH c AS (SELECT * FROM a) SELECT * FROM c", ("a",), ()),
        ("select {} from a where {}", ("a",), ()),
        ("INSERT INTO `{}` SELECT * FROM a", ("a",), ()),
    ],
)
def test_sql_is_read_for_its_tables(text: str, reads: tuple[str, ...], writes: tuple[str, ...]) -> None:
    assert tables_in(text) == (reads, writes)


@pytest.mark.parametrize("text", ["Select an order from the list, please", "update your profile", "with love from me"])
def test_prose_is_no_sql(text: str) -> None:
    found = tables_in(text)
    assert found is None or not found.writes


@pytest.mark.parametrize(
    "text", ["insert into {name} (a) values ({values})", "update %s set a = 1", "delete from :table"]
)
def test_a_table_whose_name_is_made_at_run_time_is_none(text: str) -> None:
    assert tables_in(text) in (None, Statement((), ()))
