"""Batches of microbatch models in an Iceberg catalog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def run_in_turn(nodes: Iterable[Any], catalogs: set[str]) -> None:
    """
    Let the batches of a model in a catalog run one after another.

    dbt-duckdb says that batches may run at once. In an Iceberg table each is a commit, and of two that began
    from the same snapshot one is refused. Whoever has set `concurrent_batches` is taken at their word.
    """
    for node in nodes:
        config = node.config
        if (node.database or "").lower() not in catalogs:
            continue
        if (
            getattr(config, "incremental_strategy", None) == "microbatch"
            and config.concurrent_batches is None
        ):
            config.concurrent_batches = False


def iceberg_databases(output: dict[str, Any]) -> set[str]:
    """Names of the Iceberg catalogs that dbt-duckdb attaches, in lower case."""
    return {
        str(attached["alias"]).lower()
        for attached in output.get("attach") or []
        if str(attached.get("type")).lower() == "iceberg" and attached.get("alias")
    }
