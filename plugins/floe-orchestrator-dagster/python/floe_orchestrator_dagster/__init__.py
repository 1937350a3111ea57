"""A compiled floe product as Dagster's definitions."""

from floe_orchestrator_dagster.paused import collector_paused

with collector_paused():
    from floe_orchestrator_dagster.loader import load_product_definitions

__all__ = ["load_product_definitions"]
