"""Artifacts of a small product, as a compile writes them."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

ARTIFACTS: dict[str, Any] = {
    "version": "0.16.0",
    "metadata": {"product_name": "shop", "product_version": "1.0.0"},
    "dbt_profiles": {
        "shop": {"target": "dev", "outputs": {"dev": {"type": "duckdb", "path": "shop.duckdb"}}}
    },
    "floe": {
        "format": 1,
        "environment": "dev",
        "description": "All orders.",
        "dbt": {
            "project_dir": ".",
            "project_name": "shop",
            "profile": "shop",
            "target": "dev",
            "target_path": "target",
        },
        "ingestion": {"plugin": "dlt", "sources": [{"name": "orders", "destinationTable": "raw.orders"}]},
        "models": {"model.shop.orders": {"name": "orders", "description": "Orders."}},
        "waves": {"model.shop.totals": 1},
        "expectations": [
            {
                "model": "model.shop.orders",
                "critical": True,
                "tier": "gold",
                "name": "an id: always",
                "type": "not_null",
                "column": "id",
                "severity": "error",
                "class": "critical",
                "sql": "SELECT 1",
            },
            {
                "model": "model.shop.orders",
                "critical": False,
                "tier": "gold",
                "name": "some",
                "type": "row_count_between",
                "min": 1,
                "severity": "warn",
                "class": "standard",
                "sql": "SELECT 2",
            },
        ],
        "quality": {
            "enabled": True,
            "weights": {"critical": 3, "standard": 1, "statistical": 0.5},
            "thresholds": {"min_score": 50},
            "gates": {"gold": 80},
        },
        "lineage": {
            "enabled": True,
            "namespace": "floe-dev",
            "job": "shop",
            "producer": "https://example.com/floe",
            "schema_url": "https://example.com/RunEvent",
            "facet_schemas": {
                key: f"https://example.com/{key}"
                for key in (
                    "parent",
                    "errorMessage",
                    "processing_engine",
                    "test",
                    "documentation",
                    "dataQualityAssertions",
                    "outputStatistics",
                    "extractionError",
                    "sql",
                    "schema",
                    "columnLineage",
                    "symlinks",
                    "version",
                )
            },
            "kinds": {
                "product": {"facets": {}},
                "ingestion": {"facets": {}, "engine": {"name": "dlt", "version": "1.0.0"}},
                "model": {"facets": {}, "engine": {"name": "dbt", "version": "1.12.6"}},
                "quality": {"facets": {}, "engine": {"name": "custom", "version": "1.0.0"}},
            },
            "datasets": {
                "model.shop.orders": {"namespace": "duckdb://shop.duckdb", "name": "shop.main.orders"},
                "source.shop.raw.orders": {"namespace": "duckdb://shop.duckdb", "name": "shop.raw.orders"},
            },
            "sources": {
                "orders": {
                    "job": "shop.ingestion.orders",
                    "inputs": [{"namespace": "file", "name": "data/orders.csv", "local": True}],
                    "outputs": [{"namespace": "duckdb://shop.duckdb", "name": "shop.raw.orders"}],
                }
            },
            "nodes": {
                "model.shop.orders": {
                    "job": "shop.orders",
                    "kind": "model",
                    "inputs": ["source.shop.raw.orders"],
                    "quality_job": "shop.orders.quality",
                }
            },
        },
    },
}


def write_product(folder: Path, **changes: Any) -> Path:
    """Write artifacts. `changes` are values by path, with `__` for its dots; None leaves a key out."""
    artifacts = deepcopy(ARTIFACTS)
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = artifacts
        for key in parents:
            target = target[key]
        if value is None:
            target.pop(last, None)
        else:
            target[last] = value
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "compiled_artifacts.json").write_text(json.dumps(artifacts))
    return folder
