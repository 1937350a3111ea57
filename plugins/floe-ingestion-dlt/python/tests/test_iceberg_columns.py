"""Columns: the same in a catalog as in DuckDB, and what becomes of them as sources change."""

from __future__ import annotations

import decimal
import json

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from conftest import Product

from floe_ingestion_dlt import load

# Iceberg has no integers of less than four bytes.
_WIDER = {"TINYINT": "INTEGER", "SMALLINT": "INTEGER"}


def test_the_same_files_give_the_same_rows_and_types_as_in_duckdb(product: Product) -> None:
    product.write(
        "text.csv",
        "id,at,day,time,flag,rate,name,large,zoned,none\n"
        "1,2024-01-01 00:00:00,2024-01-01,10:00:00,true,1.5,x,12345678901234567890,2024-01-01 00:00:00+02,\n",
    )
    product.write(
        "lines.jsonl",
        json.dumps({"orderId": 1, "nested": {"a": 1}, "list": [1, 2], "t": "2024-01-01T00:00:00Z"}),
    )
    columns = {
        "i8": pa.array([1], pa.int8()),
        "i16": pa.array([-1], pa.int16()),
        "i32": pa.array([1], pa.int32()),
        "u8": pa.array([255], pa.uint8()),
        "u32": pa.array([4_000_000_000], pa.uint32()),
        "u64": pa.array([1], pa.uint64()),
        "f32": pa.array([1.5], pa.float32()),
        "amount": pa.array([decimal.Decimal("1.23")], pa.decimal128(10, 2)),
        "nanos": pa.array([1000], pa.timestamp("ns")),
        "seconds": pa.array([1], pa.timestamp("s")),
        "zoned": pa.array([1], pa.timestamp("us", "Europe/Berlin")),
        "bytes": pa.array([b"x"]),
        "category": pa.array(["a"]).dictionary_encode(),
        "struct": pa.array([{"a": 1}]),
        "list": pa.array([[1]]),
        "time": pa.array([1], pa.time64("us")),
        "none": pa.array([None], pa.string()),
    }
    pq.write_table(pa.table(columns), product.dir / "data" / "columns.parquet")
    sources = [
        product.source("text"),
        product.source("lines", format="jsonl", path="data/lines.jsonl"),
        product.source("columns", format="parquet", path="data/columns.parquet"),
    ]
    for catalog in (True, False):
        result = load(product.config(*sources, catalog=catalog))
        assert result["success"], result
    with duckdb.connect(str(product.dir / "shop.duckdb")) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for source in sources:
            connection.register("there", product.table(source["name"]).scan().to_arrow())
            here = connection.execute(f"DESCRIBE raw.{source['name']}").fetchall()
            there = connection.execute("DESCRIBE there").fetchall()
            assert [(name, _WIDER.get(kind, kind)) for name, kind, *_ in here] == [
                (name, kind) for name, kind, *_ in there
            ]
            rows = [
                connection.execute(f"SELECT * EXCLUDE (_dlt_load_id) FROM {table}").fetchall()
                for table in (f"raw.{source['name']}", "there")
            ]
            assert rows[0] == rows[1]


def test_new_columns_are_added_and_missing_ones_are_null(product: Product) -> None:
    orders = product.source("orders")
    product.write("orders.csv", "id,amount\n1,10\n")
    product.load(orders)
    product.write("orders.csv", "id,note\n2,x\n")
    assert product.load(orders)["addedColumns"] == ["note"]
    assert product.rows("orders", "id", "amount", "note") == [(1, 10, None), (2, None, "x")]


def test_a_frozen_source_refuses_other_columns(product: Product) -> None:
    orders = product.source("orders", schemaContract="freeze")
    product.write("orders.csv", "id,amount\n1,10\n")
    product.load(orders)
    product.write("orders.csv", "id,note\n2,x\n")
    result = product.load(orders)
    assert (result["success"], result["errorCode"]) == (False, "INGESTION.FAILED")
    assert "new: note; missing: amount" in result["error"]
    assert product.rows("orders", "id") == [(1,)]


def test_integers_become_wider_and_text_is_refused(product: Product) -> None:
    files = product.dir / "data"
    files.mkdir()
    numbers = product.source("numbers", format="parquet", path="data/numbers.parquet")
    for values in (pa.array([1], pa.int32()), pa.array([1 << 40], pa.int64()), pa.array([2], pa.int32())):
        pq.write_table(pa.table({"n": values}), files / "numbers.parquet")
        result = product.load(numbers)
        assert result["success"], result
    assert product.rows("numbers", "n") == [(1,), (1 << 40,), (2,)]
    assert str(product.table("numbers").schema().find_field("n").field_type) == "long"
    pq.write_table(pa.table({"n": pa.array(["x"])}), files / "numbers.parquet")
    refused = product.load(numbers)
    assert (refused["success"], "column n" in refused["error"]) == (False, True)
    assert len(product.rows("numbers", "n")) == 3


def test_a_table_that_someone_else_made_is_loaded_into(product: Product) -> None:
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("lake", type="sql", **product.config()["catalog"]["iceberg_catalog_config"])
    catalog.create_namespace("raw")
    table = catalog.create_table("raw.orders", pa.schema([("id", pa.int64()), ("note", pa.string())]))
    table.append(pa.table({"id": [7], "note": ["theirs"]}))
    product.write("orders.csv", "id,amount\n1,10\n")
    result = product.load(product.source("orders"))
    assert result["success"], result
    assert product.rows("orders", "id", "note", "amount") == [(1, None, 10), (7, "theirs", None)]


def test_a_partitioned_table_is_written_by_its_partitions(product: Product) -> None:
    from pyiceberg.catalog import load_catalog
    from pyiceberg.partitioning import PartitionField, PartitionSpec
    from pyiceberg.schema import Schema
    from pyiceberg.transforms import IdentityTransform
    from pyiceberg.types import LongType, NestedField, StringType

    catalog = load_catalog("lake", type="sql", **product.config()["catalog"]["iceberg_catalog_config"])
    catalog.create_namespace("raw")
    schema = Schema(NestedField(1, "id", LongType()), NestedField(2, "country", StringType()))
    by_country = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "country"))
    catalog.create_table("raw.orders", schema, partition_spec=by_country)
    orders = product.source("orders", "merge", primaryKey="id")
    product.write("orders.csv", "id,country\n1,de\n2,fr\n")
    assert product.load(orders)["success"]
    product.write("orders.csv", "id,country\n2,de\n3,it\n")
    assert product.load(orders)["success"]
    assert product.rows("orders", "id", "country") == [(1, "de"), (2, "de"), (3, "it")]
    files = product.table("orders").scan().plan_files()
    assert {task.file.partition[0] for task in files} == {"de", "it"}
