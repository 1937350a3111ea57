"""A small compiled product with dbt's manifest, loaded: no dbt, no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dagster import AssetKey, Definitions
from support import write_product

from floe_orchestrator_dagster import load_product_definitions

ORDERS = AssetKey(["shop", "orders"])
TOTALS = AssetKey(["shop", "totals"])
RAW_ORDERS = AssetKey(["shop", "raw", "orders"])

SOURCE = {
    "name": "orders",
    "sourceType": "filesystem",
    "path": "data/orders.csv",
    "destinationTable": "raw.orders",
    "writeMode": "append",
}
MODELS = {
    "model.shop.orders": {"name": "orders", "description": "Orders.", "tier": "gold", "tags": ["daily"]},
    "model.shop.totals": {"name": "totals", "description": "Totals.", "tier": None, "tags": []},
}


def _node(name: str, kind: str, parents: list[str], **more: Any) -> dict[str, Any]:
    return {
        "unique_id": f"{kind}.shop.{name}",
        "resource_type": kind,
        "name": name,
        "alias": name,
        "package_name": "shop",
        "database": "shop",
        "schema": "main",
        "path": f"{name}.sql",
        "original_file_path": f"models/{name}.sql",
        "fqn": ["shop", name],
        "tags": [],
        "meta": {},
        "config": {"materialized": "table", "tags": [], "meta": {}, "severity": "error"},
        "columns": {},
        "description": f"All {name}.",
        "depends_on": {"nodes": parents, "macros": []},
        **more,
    }


MANIFEST = {
    "metadata": {"project_name": "shop", "adapter_type": "duckdb", "project_id": "0"},
    "nodes": {
        "model.shop.orders": _node("orders", "model", ["source.shop.raw.orders"]),
        "model.shop.totals": _node("totals", "model", ["model.shop.orders"]),
        "model.shop.inline": _node("inline", "model", [], config={"materialized": "ephemeral"}),
        "test.shop.unique_id": _node(
            "unique_id",
            "test",
            ["model.shop.orders"],
            attached_node="model.shop.orders",
            test_metadata={"name": "unique", "kwargs": {"column_name": "id"}},
        ),
    },
    "sources": {
        "source.shop.raw.orders": {
            **_node("orders", "source", []),
            "unique_id": "source.shop.raw.orders",
            "source_name": "raw",
            "identifier": "orders",
            "schema": "raw",
            "loader": "",
            "relation_name": '"shop"."raw"."orders"',
        }
    },
    "child_map": {},
    "parent_map": {},
    "exposures": {},
    "metrics": {},
    "semantic_models": {},
    "saved_queries": {},
    "unit_tests": {},
    "selectors": {},
}


def load(folder: Path, manifest: Any = MANIFEST, **changes: Any) -> Definitions:
    changes = {
        "floe__models": MODELS,
        "floe__ingestion": {"plugin": "dlt", "sources": [SOURCE]},
        **changes,
    }
    product = write_product(folder, **changes)
    (product / "target").mkdir(exist_ok=True)
    (product / "target" / "manifest.json").write_text(json.dumps(manifest))
    return load_product_definitions("shop", product)
