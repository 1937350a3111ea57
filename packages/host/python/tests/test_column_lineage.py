"""Where columns come from."""

from __future__ import annotations

import pytest

from floe_lineage.columns import UnknownLineageError, column_lineage

SCHEMA = {"d": {"s": {"t": {"a": "int", "b": "int"}, "u": {"a": "int", "c": "int"}}}}


def origins(sql: str) -> dict[str, set[tuple[str, str]]]:
    found = column_lineage(sql, "duckdb", SCHEMA).columns
    return {name: {(column, kind) for (_, column), kind in leaves.items()} for name, leaves in found.items()}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select a from t", {"a": {("a", "IDENTITY")}}),
        ("from t", {"a": {("a", "IDENTITY")}, "b": {("b", "IDENTITY")}}),
        ("select * exclude (a) from t", {"b": {("b", "IDENTITY")}}),
        ("select a + b as x from t", {"x": {("a", "TRANSFORMATION"), ("b", "TRANSFORMATION")}}),
        ("select sum(a) as x from t group by b", {"x": {("a", "AGGREGATION")}}),
        (
            "with x as (select a as z from t union all select b from t) select z from x",
            {"z": {("a", "IDENTITY"), ("b", "IDENTITY")}},
        ),
        ("select t.a, (select max(c) from u where u.a = t.a) as m from t", None),
        ("select t.b, u.c from t join u using (a)", {"b": {("b", "IDENTITY")}, "c": {("c", "IDENTITY")}}),
        ("select count(*) as n from t", {"n": set()}),
    ],
)
def test_a_column_is_followed(sql: str, expected: dict[str, set[tuple[str, str]]] | None) -> None:
    found = origins(sql)
    if expected is None:
        assert ("c", "AGGREGATION") in found["m"]
    else:
        assert found == expected


def test_what_decides_about_rows_is_told_apart() -> None:
    indirect = column_lineage("select a from t where b > 1 order by a", "duckdb", SCHEMA).indirect
    assert {(column, kind) for (_, column), kind in indirect.items()} == {("b", "FILTER"), ("a", "SORT")}


@pytest.mark.parametrize("sql", ["select * from nowhere", "selec", "drop table t"])
def test_nothing_is_guessed(sql: str) -> None:
    with pytest.raises(UnknownLineageError):
        column_lineage(sql, "duckdb", SCHEMA)
