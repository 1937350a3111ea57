"""What lineage says of tables once they were looked at."""

from __future__ import annotations

import sys
from copy import deepcopy
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from support import ARTIFACTS, write_product

from floe_product import load_product
from floe_product.assertions import assertion_of_test
from floe_product.catalog import IcebergTable
from floe_product.columns import analyze_columns
from floe_product.datasets import Datasets, located
from floe_product.events import NodeFinished
from floe_product.tables import TableFacts, divide, inspect_tables

ORDERS = "model.shop.orders"
NODE = {
    "resource_type": "model",
    "name": "orders",
    "database": "shop",
    "schema": "main",
    "columns": {"id": {"name": "ID", "description": "The key."}},
}
FIELDS = [{"name": "id", "type": "INTEGER", "ordinal_position": 1}]
PARTS = ("shop", "main", "orders")


def plan(**more: Any) -> dict[str, Any]:
    names = {"namespace": "duckdb://shop.duckdb", "name": "{database}.{schema}.{table}"}
    return {**deepcopy(ARTIFACTS["floe"]["lineage"]), "names": names, **more}


LAKE = {
    "name": "lake",
    "names": {"namespace": "https://catalog.example.com", "name": "{schema}.{table}"},
    "facets": {"catalog": {"name": "lake"}},
}


@pytest.mark.parametrize(
    ("location", "namespace", "name"),
    [
        ("s3a://lake/wh/orders/", "s3://lake", "wh/orders"),
        ("gs://lake", "gs://lake", "/"),
        ("abfss://c@acme.dfs.core.windows.net/wh/o", "abfss://c@acme.dfs.core.windows.net", "wh/o"),
        ("wasbs://c@acme.blob.core.windows.net/o", "abfss://c@acme.dfs.core.windows.net", "o"),
        ("file:///wh/orders", "file", "/wh/orders"),
        ("file:/wh/orders", "file", "/wh/orders"),
        ("/wh/orders/", "file", "/wh/orders"),
        ("hdfs://n:9000/wh/o", "hdfs://n:9000", "wh/o"),
    ],
)
def test_names_a_location_as_floe_run_does(location: str, namespace: str, name: str) -> None:
    assert located(location) == {"namespace": namespace, "name": name}


def test_a_table_has_its_columns_with_what_dbt_says_of_them() -> None:
    datasets = Datasets(plan())
    assert "facets" not in datasets.of(ORDERS, NODE, PARTS)
    datasets.tables = {"shop.main.orders": TableFacts(FIELDS)}
    told = datasets.of(ORDERS, NODE, PARTS)
    assert told["name"] == "shop.main.orders"
    assert told["facets"]["schema"]["fields"] == [{**FIELDS[0], "description": "The key."}]


@pytest.mark.parametrize("snapshot", [None, 2**60])
def test_a_table_in_a_catalog_is_named_by_where_it_lies(snapshot: int | None) -> None:
    datasets = Datasets(plan(catalog=LAKE))
    table = IcebergTable("s3://lake/wh/orders", snapshot, FIELDS)
    datasets.tables = {"shop.main.orders": TableFacts(FIELDS, table)}
    told = datasets.of(ORDERS, NODE, PARTS)
    assert (told["namespace"], told["name"]) == ("s3://lake", "wh/orders")
    (other,) = told["facets"]["symlinks"]["identifiers"]
    assert other == {"namespace": "duckdb://shop.duckdb", "name": "shop.main.orders", "type": "TABLE"}
    assert told["facets"]["catalog"] == {"name": "lake"}
    # Snapshot ids pass what JavaScript's numbers hold.
    version = told["facets"].get("version", {}).get("datasetVersion")
    assert version == (None if snapshot is None else str(2**60))


def test_names_any_table_by_the_pattern_of_its_place() -> None:
    datasets = Datasets(plan(catalog=LAKE))
    assert datasets.name_at(("shop", "x", "t"))["name"] == "shop.x.t"
    assert datasets.name_at(("Lake", "x", "t")) == {"namespace": "https://catalog.example.com", "name": "x.t"}
    columns = {
        "columns": {"a": [{"table": ["t"], "column": "b", "kind": "IDENTITY"}]},
        "indirect": [{"table": ["s", "t"], "column": "c", "kind": "FILTER"}],
    }
    told = datasets.origins(columns, "shop", "main")
    (field,) = told["fields"]["a"]["inputFields"]
    assert (field["name"], field["field"]) == ("shop.main.t", "b")
    assert field["transformations"] == [{"type": "DIRECT", "subtype": "IDENTITY"}]
    assert [one["name"] for one in told["dataset"]] == ["shop.s.t"]


def test_tells_tables_in_the_catalog_from_others() -> None:
    lake, other, bare = ("LAKE", "s", "t"), ("shop", "s", "t"), ("", "s", "t")
    assert divide(None, [lake, other, other]) == ([], [lake, other])
    assert divide(LAKE, [lake, other, bare]) == ([lake, bare], [other])


def test_asks_for_all_tables_at_once_and_quotes_what_it_asks(tmp_path: Path) -> None:
    asked: list[str] = []

    class Adapter:
        def execute(self, sql: str, **_: Any) -> tuple[None, Any]:
            asked.append(sql)
            rows = [("shop", "o'b", "T", "id", "INTEGER", 1), ("shop", "o'b", "else", "id", "INTEGER", 1)]
            return None, type("Table", (), {"rows": rows})

    product = load_product(write_product(tmp_path))
    found = inspect_tables(product, Adapter(), [("shop", "o'b", "t"), ("shop", "o'b", "gone")])
    assert found == {"shop.o'b.t": TableFacts(FIELDS)}
    assert len(asked) == 1
    assert "IN ('o''b')" in asked[0]


def test_says_why_columns_arent_known(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    manifest = {"nodes": {"a": NODE, "b": {**NODE, "language": "python"}, "c": NODE}, "sources": {}}
    sql = {"a": "select 1 as x"}
    found = analyze_columns(product, manifest, ["a", "b", "c"], sql.get, {})
    assert "floe_lineage" in found["a"]["unknown"]
    assert found["b"] == {"unknown": "it is a Python model"}
    assert found["c"] == {"unknown": "its SQL isn't there"}


def test_follows_columns_with_the_products_own_code_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    product = load_product(write_product(tmp_path))
    package = tmp_path / "deploy" / "python" / "floe_lineage"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "analysis.py").write_text(
        "def analyze_all(models, schema):\n"
        "    return {one['id']: {'columns': {}, 'indirect': [], 'schema': schema} for one in models}\n"
    )
    manifest = {"nodes": {"a": NODE}, "sources": {}}
    tables = {"shop.main.orders": TableFacts(FIELDS)}
    first = analyze_columns(product, manifest, ["a"], lambda _: "select", tables)
    assert first["a"]["schema"] == {"shop": {"main": {"orders": {"id": "INTEGER"}}}}
    for name in ("floe_lineage", "floe_lineage.analysis"):
        del sys.modules[name]
    (package / "analysis.py").unlink()
    assert analyze_columns(product, manifest, ["a"], lambda _: "select", tables) == first


@pytest.mark.parametrize(
    ("kind", "kwargs", "assertion", "expected"),
    [
        ("not_null", {}, "not_null", "no NULL"),
        ("unique", {}, "unique", "unique id"),
        ("accepted_values", {"values": [1, True, "x"]}, "accepted_values", "one of 1, true, x"),
        ("relationships", {"to": "ref('customers')", "field": "id"}, "relationships", "in customers.id"),
        ("positive", {}, "expression", "dbt test positive"),
    ],
)
def test_dbts_tests_are_told_in_floes_words(
    kind: str, kwargs: dict[str, Any], assertion: str, expected: str
) -> None:
    now = datetime.now(timezone.utc)
    test = {"name": "t", "column_name": "id", "test_metadata": {"name": kind, "kwargs": kwargs}}
    told = assertion_of_test(test, NodeFinished("test.t", "pass", None, 0, None, now, now))
    assert (told["assertion"], told["expected"], told["success"]) == (assertion, expected, True)
