"""What floe calls."""

from __future__ import annotations

from typing import Any

from floe_lineage.columns import Leaf, Lineage, UnknownLineageError, column_lineage
from floe_worker import method


@method
def analyze(models: list[dict[str, str]], schema: dict[str, Any]) -> dict[str, Any]:
    """Column lineage of each model's SQL, by its id; or why it isn't known. Nothing is guessed."""
    return {model["id"]: _analyze(model, schema) for model in models}


def _analyze(model: dict[str, str], schema: dict[str, Any]) -> dict[str, Any]:
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
