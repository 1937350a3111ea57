"""Kills, other writers, and catalogs that aren't there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Product
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.table import Table

from floe_ingestion_dlt import IngestionError, load
from floe_ingestion_dlt.iceberg import commit as commits

# Loads, and is killed at a point of its choice.
_KILLED = """
import json, os, signal, sys
import pyiceberg.catalog.sql as sql
from floe_ingestion_dlt import load
from floe_ingestion_dlt.iceberg import commit, destination

def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

config, point = json.loads(sys.argv[1]), sys.argv[2]
real = sql.SqlCatalog.commit_table
if point == "extracting":
    from floe_ingestion_dlt import resource
    resource.open_files = die
elif point == "extracted":
    destination.IcebergClient.complete_load = die
elif point == "written":
    commit._snapshot = die
elif point == "before the commit":
    sql.SqlCatalog.commit_table = die
else:
    sql.SqlCatalog.commit_table = lambda *args: (real(*args), die())
load(config, run_id="a")
"""


@pytest.mark.parametrize(
    ("mode", "point"),
    [
        ("append", "extracting"),
        ("append", "extracted"),
        ("append", "before the commit"),
        ("append", "committed"),
        ("replace", "written"),
        ("merge", "written"),
        ("merge", "committed"),
    ],
)
def test_a_load_that_is_killed_and_goes_on_loads_each_row_once(
    product: Product, mode: str, point: str
) -> None:
    orders = product.source("orders", mode, primaryKey="id")
    product.write("orders.csv", "id,amount\n1,10\n")
    product.load(orders, run_id="before")
    product.write("orders.csv", "id,amount\n2,20\n3,30\n")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, json.dumps(product.config(orders)), point],
        cwd=Path(__file__).parent.parent,
        check=False,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    result = product.load(orders, run_id="a")
    assert (result["success"], result["rowsLoaded"]) == (True, 2), result
    expected = [(2, 20), (3, 30)] if mode == "replace" else [(1, 10), (2, 20), (3, 30)]
    assert product.rows("orders", "id", "amount") == expected
    assert len(product.table("orders").snapshots()) == 2


def _append_by_another(product: Product) -> None:
    import pyarrow as pa

    table = product.table("orders")
    schema = table.schema().select("id").as_arrow()
    table.append(pa.table({"id": [99]}, schema=schema))


@pytest.mark.parametrize("mode", ["append", "replace", "merge"])
def test_another_writers_commit_is_built_on(
    product: Product, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    orders = product.source("orders", mode, primaryKey="id")
    product.write("orders.csv", "id\n1\n")
    product.load(orders)
    monkeypatch.setattr(commits, "_FIRST_WAIT", 0.01)
    real, calls = commits._snapshot, []

    def after_another(*args: Any) -> None:
        if not calls:
            _append_by_another(product)
        calls.append(1)
        real(*args)

    monkeypatch.setattr(commits, "_snapshot", after_another)
    product.write("orders.csv", "id\n2\n")
    result = product.load(orders)
    assert (result["success"], len(calls)) == (True, 2), result
    expected = {"append": [(1,), (2,), (99,)], "replace": [(2,)], "merge": [(1,), (2,), (99,)]}
    assert product.rows("orders", "id") == expected[mode]


def test_who_is_always_too_late_gets_the_conflict_and_leaves_no_files(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = product.source("orders")
    product.write("orders.csv", "id\n1\n")
    product.load(orders)
    files = set((product.dir / "warehouse").rglob("*.parquet"))

    def lost(*_args: Any) -> None:
        raise CommitFailedException("someone was faster")

    monkeypatch.setattr(commits, "_FIRST_WAIT", 0.01)
    monkeypatch.setattr(SqlCatalog, "commit_table", lost)
    result = product.load(orders)
    assert (result["success"], result["errorCode"]) == (False, "CATALOG.CONFLICT")
    assert set((product.dir / "warehouse").rglob("*.parquet")) == files


def test_two_loads_of_one_source_at_a_time_load_it_once(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = product.source("orders", cursorField="id")
    product.write("orders.csv", "id\n1\n")
    product.load(orders)
    product.write("orders.csv", "id\n1\n2\n")
    real = commits.commit
    other = {**product.config(orders), "stateDir": str(product.dir / "elsewhere")}

    def late(*args: Any) -> Any:
        monkeypatch.setattr("floe_ingestion_dlt.iceberg.destination.commit", real)
        script = (
            "import json, sys; from floe_ingestion_dlt import load; "
            "told = load(json.loads(sys.argv[1])); assert told['success'], told"
        )
        subprocess.run(
            [sys.executable, "-c", script, json.dumps(other)], cwd=Path(__file__).parent.parent, check=True
        )
        return real(*args)

    monkeypatch.setattr("floe_ingestion_dlt.iceberg.destination.commit", late)
    result = product.load(orders)
    assert (result["success"], result.get("errorCode")) == (False, "CATALOG.CONFLICT"), result
    assert product.rows("orders", "id") == [(1,), (2,)]
    assert product.load(orders)["rowsLoaded"] == 0


def test_a_commit_whose_answer_is_lost_is_not_made_again(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SqlCatalog.commit_table

    def silent(self: SqlCatalog, table: Table, *rest: Any) -> Any:
        real(self, table, *rest)
        raise CommitStateUnknownException("the connection was cut")

    monkeypatch.setattr(commits, "_FIRST_WAIT", 0.01)
    monkeypatch.setattr(SqlCatalog, "commit_table", silent)
    product.write("orders.csv", "id\n1\n2\n")
    result = product.load(product.source("orders"))
    assert (result["success"], result["rowsLoaded"]) == (True, 2), result
    assert product.rows("orders", "id") == [(1,), (2,)]
    assert len(product.table("orders").snapshots()) == 1


def test_a_catalog_that_isnt_there_is_told(product: Product) -> None:
    config = product.config(product.source("orders"))
    config["catalog"] = {
        "iceberg_catalog_name": "lake",
        "iceberg_catalog_type": "rest",
        "iceberg_catalog_config": {"uri": "http://127.0.0.1:9", "warehouse": "wh"},
    }
    with pytest.raises(IngestionError) as caught:
        load(config)
    assert caught.value.code == "CONNECTION.REFUSED"
    config["catalog"]["iceberg_catalog_config"]["token"] = "{{ env_var('FLOE_NOWHERE') }}"
    with pytest.raises(IngestionError) as missing:
        load(config)
    assert missing.value.code == "SECRET.NOT_FOUND"
