"""Column lineage of models as JSON: floe's own worker and orchestrators have the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from floe_lineage.columns import Leaf, Lineage, UnknownLineageError, column_lineage


def analyze_all(models: Iterable[Mapping[str, str]], schema: dict[str, Any]) -> dict[str, Any]:
    """Analyze each model's `sql` in its `dialect`, by its `id`; or say why that isn't known.

    `schema` has the tables that exist: database, schema, table, column to type. An answer is `columns` (by
    name, their origins) and `indirect` (what decides about all of them), or `unknown`.
    """
    return {model["id"]: _analyze(model, schema) for model in models}


def _analyze(model: Mapping[str, str], schema: dict[str, Any]) -> dict[str, Any]:
    try:
        return _encode(column_lineage(model["sql"], model["dialect"], schema))
    except UnknownLineageError as error:
        return {"unknown": str(error)}
    except Exception as error:
        # A query that the library can't follow is no reason to fail a run.
        return {"unknown": f"{type(error).__name__}: {error}"}


def _encode(lineage: Lineage) -> dict[str, Any]:
    return {
        "columns": {name: _origins(origins) for name, origins in lineage.columns.items()},
        "indirect": _origins(lineage.indirect),
    }


def _origins(leaves: dict[Leaf, str]) -> list[dict[str, Any]]:
    return [
        {"table": list(table), "column": column, "kind": kind} for (table, column), kind in leaves.items()
    ]
