"""Rows in an Iceberg catalog: one snapshot for each load, and nothing but what was loaded."""

from __future__ import annotations

import shutil

import pytest
from conftest import Product

from floe_ingestion_dlt.iceberg import write


def operations(product: Product, table: str) -> list[str]:
    return [one.summary.operation.value for one in product.table(table).snapshots()]


def test_appends_add_a_snapshot_each_that_says_whose_it_is(product: Product) -> None:
    product.write("orders.csv", "id,amount\n1,10\n2,20\n")
    orders = product.source("orders")
    first = product.load(orders, run_id="a")
    assert (first["success"], first["rowsLoaded"], first["addedColumns"]) == (True, 2, [])
    assert first["bytesLoaded"] > 0
    product.load(orders, run_id="b")
    assert product.rows("orders", "id", "amount") == [(1, 10), (1, 10), (2, 20), (2, 20)]
    assert operations(product, "orders") == ["append", "append"]
    summaries = [one.summary.additional_properties for one in product.table("orders").snapshots()]
    assert [one["floe.run-id"] for one in summaries] == ["a", "b"]
    assert {one["floe.source"] for one in summaries} == {"orders"}
    ids = {row[0] for row in product.rows("orders", "_dlt_load_id")}
    assert ids == {one["dlt.load-id"] for one in summaries}


def test_a_run_loads_a_source_once_and_remembers_how_many_rows(product: Product) -> None:
    product.write("orders.csv", "id,amount\n1,10\n2,20\n")
    orders = product.source("orders")
    product.load(orders, run_id="a")
    shutil.rmtree(product.dir / "state")
    again = product.load(orders, run_id="a")
    assert (again["success"], again["rowsLoaded"]) == (True, 2)
    assert len(product.rows("orders", "id")) == 2
    assert operations(product, "orders") == ["append"]


def test_replacing_keeps_the_table_and_its_history(product: Product) -> None:
    orders = product.source("orders", "replace")
    product.write("orders.csv", "id\n1\n2\n")
    product.load(orders)
    before = product.table("orders")
    product.write("orders.csv", "id\n3\n")
    product.load(orders)
    after = product.table("orders")
    assert product.rows("orders", "id") == [(3,)]
    assert after.metadata.table_uuid == before.metadata.table_uuid
    assert operations(product, "orders") == ["append", "overwrite"]
    old = after.scan(snapshot_id=before.current_snapshot().snapshot_id).to_arrow()
    assert sorted(old["id"].to_pylist()) == [1, 2]


def test_replacing_with_no_rows_empties_the_table(product: Product) -> None:
    orders = product.source("orders", "replace")
    product.write("orders.csv", "id,name\n1,a\n")
    product.load(orders)
    product.write("orders.csv", "id,name\n")
    result = product.load(orders)
    assert (result["success"], result["rowsLoaded"]) == (True, 0)
    assert product.rows("orders", "id") == []


def test_merging_updates_by_key_and_leaves_other_files_alone(product: Product) -> None:
    orders = product.source("orders", "merge", primaryKey="id")
    product.write("orders.csv", "id,amount\n1,10\n2,20\n")
    product.load(orders)
    product.write("orders.csv", "id,amount\n101,1\n102,2\n")
    product.load(orders)
    before = {task.file.file_path for task in product.table("orders").scan().plan_files()}
    product.write("orders.csv", "id,amount\n2,21\n3,30\n3,31\n")
    result = product.load(orders)
    assert result["success"], result
    assert product.rows("orders", "id", "amount") == [(1, 10), (101, 1), (102, 2), (2, 21), (3, 31)]
    after = {task.file.file_path for task in product.table("orders").scan().plan_files()}
    assert len(before & after) == 1
    assert operations(product, "orders") == ["append", "append", "overwrite"]
    assert product.table("orders").schema().identifier_field_names() == {"id"}


def test_merging_by_several_keys_of_several_types(product: Product) -> None:
    prices = product.source("prices", "merge", primaryKey=["day", "code"])
    product.write("prices.csv", "day,code,price\n2024-01-01,a,1.5\n2024-01-01,b,2\n2024-01-02,a,3\n")
    product.load(prices)
    product.write("prices.csv", "day,code,price\n2024-01-01,b,9\n")
    product.load(prices)
    assert [row[1:] for row in product.rows("prices", "day", "code", "price")] == [
        ("a", 1.5),
        ("b", 9.0),
        ("a", 3.0),
    ]


def test_a_key_without_a_value_is_refused_and_changes_nothing(product: Product) -> None:
    orders = product.source("orders", "merge", primaryKey="id")
    product.write("orders.csv", "id,amount\n1,10\n")
    product.load(orders)
    product.write("orders.csv", "id,amount\n1,11\n,20\n")
    result = product.load(orders)
    assert (result["success"], result["errorCode"]) == (False, "INGESTION.FAILED")
    assert "id" in result["error"]
    assert product.rows("orders", "id", "amount") == [(1, 10)]
    assert operations(product, "orders") == ["append"]


def test_a_cursor_is_kept_with_the_table_not_on_this_machine(product: Product) -> None:
    orders = product.source("orders", cursorField="at")
    product.write("orders.csv", "id,at\n1,2024-01-01\n2,2024-01-02\n")
    product.load(orders)
    shutil.rmtree(product.dir / "state")
    product.write("orders.csv", "id,at\n1,2024-01-01\n2,2024-01-02\n3,2024-01-03\n")
    assert product.load(orders, run_id="a")["rowsLoaded"] == 1
    assert product.load(orders, run_id="a")["rowsLoaded"] == 1
    assert product.load(orders)["rowsLoaded"] == 0
    assert product.rows("orders", "id") == [(1,), (2,), (3,)]
    assert operations(product, "orders") == ["append", "append"]


def test_a_cursor_goes_with_its_table(product: Product) -> None:
    from pyiceberg.catalog import load_catalog

    orders = product.source("orders", cursorField="at")
    product.write("orders.csv", "id,at\n1,2024-01-01\n")
    product.load(orders)
    catalog = product.config()["catalog"]["iceberg_catalog_config"]
    load_catalog("lake", type="sql", **catalog).drop_table("raw.orders")
    assert product.load(orders)["rowsLoaded"] == 1


def test_a_full_refresh_takes_rows_and_types_anew_in_the_same_table(product: Product) -> None:
    orders = product.source("orders", cursorField="id")
    product.write("orders.csv", "id,code,old\n1,1,x\n")
    product.load(orders)
    uuid = product.table("orders").metadata.table_uuid
    product.write("orders.csv", "id,code\n1,one\n2,two\n")
    refused = product.load(orders)
    assert (refused["success"], "code" in refused["error"]) == (False, True)
    assert product.load(orders, full_refresh=True)["rowsLoaded"] == 2
    assert product.rows("orders", "id", "code") == [(1, "one"), (2, "two")]
    assert product.table("orders").metadata.table_uuid == uuid
    assert "old" not in product.table("orders").schema().column_names


def test_what_is_larger_than_a_chunk_is_several_files_in_one_snapshot(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "CHUNK_BYTES", 1 << 20)
    rows = 300_000
    product.write("orders.csv", "id\n" + "\n".join(map(str, range(rows))))
    assert product.load(product.source("orders"))["rowsLoaded"] == rows
    table = product.table("orders")
    assert len(list(table.scan().plan_files())) > 3
    assert len(table.snapshots()) == 1
    assert table.scan().count() == rows
