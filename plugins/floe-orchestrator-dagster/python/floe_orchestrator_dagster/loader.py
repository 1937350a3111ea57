"""What the generated `definitions.py` calls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster import (
    AssetSelection,
    Backoff,
    DefaultScheduleStatus,
    Definitions,
    RetryPolicy,
    ScheduleDefinition,
    define_asset_job,
    in_process_executor,
)
from floe_product import Product, ProductError, load_product
from floe_product.manifest import read_manifest

from floe_orchestrator_dagster.paused import collector_paused
from floe_orchestrator_dagster.product_assets import create_product_assets


def load_product_definitions(
    product_name: str,
    project_dir: str | Path,
    *,
    schedules: Mapping[str, tuple[str, str]] | None = None,
) -> Definitions:
    """Load the definitions of the product that was compiled in a folder.

    Everything is found from that one folder: `compiled_artifacts.json`, dbt's project and its manifest.
    Keys of assets begin with the product's name, so several products can be merged into one code location.
    `schedules` are further ones of the product's job, by name: a cron and a timezone.

    Raises `floe_product.ProductError`.
    """
    with collector_paused():
        return _definitions(load_product(project_dir, product_name), schedules or {})


def _definitions(product: Product, schedules: Mapping[str, tuple[str, str]]) -> Definitions:
    manifest = read_manifest(product)
    assets = create_product_assets(product, manifest, _retry_policy(product.floe.get("orchestrator") or {}))
    if assets is None:
        raise ProductError(
            "ARTIFACTS.INVALID",
            f"{product.name} has neither models nor sources.",
            next=["Add a model to the dbt project, and compile again: floe compile"],
        )
    job = define_asset_job(
        name=product.slug,
        selection=AssetSelection.assets(*assets.keys),
        description=product.floe.get("description"),
        tags=_tags(product),
        metadata={"product": product.name, "version": product.version},
        # It is one step: a process of its own for that would import everything again.
        executor_def=in_process_executor,
    )
    planned = {**_own_schedule(product), **schedules}
    return Definitions(
        assets=[assets],
        jobs=[job],
        schedules=[
            ScheduleDefinition(
                name=f"{product.slug}_{name}",
                job=job,
                cron_schedule=cron,
                execution_timezone=timezone,
                default_status=DefaultScheduleStatus.RUNNING,
                description=f"{cron} in {timezone}",
            )
            for name, (cron, timezone) in planned.items()
        ],
    )


def _own_schedule(product: Product) -> dict[str, tuple[str, str]]:
    schedule = product.schedule
    if schedule is None or not schedule["enabled"]:
        return {}
    return {"schedule": (schedule["cron"], schedule["timezone"])}


def _retry_policy(options: Mapping[str, Any]) -> RetryPolicy | None:
    retries = options.get("retries", 0)
    if retries == 0:
        return None
    backoff = Backoff.EXPONENTIAL if options.get("retry_backoff") == "exponential" else None
    return RetryPolicy(max_retries=retries, delay=options.get("retry_delay_seconds"), backoff=backoff)


def _tags(product: Product) -> dict[str, Any]:
    """Label runs, and say which resources their pod gets, where Dagster runs on Kubernetes."""
    resources = product.floe.get("resources")
    tags: dict[str, Any] = {"floe/product": product.name, "floe/version": product.version}
    if resources:
        tags["dagster-k8s/config"] = {"container_config": {"resources": resources}}
    return tags
