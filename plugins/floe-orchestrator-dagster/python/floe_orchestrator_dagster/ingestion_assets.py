"""An asset for each source, loaded one after another in one step: most engines have one writer."""

# No annotations from __future__: Dagster looks at the type of `context` itself.
from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    Failure,
    Field,
    MaterializeResult,
    MetadataValue,
    RetryPolicy,
    multi_asset,
)
from floe_product import Product, SourceResult, run_ingestion

from floe_orchestrator_dagster.run_lineage import ingestion_op, step_lineage
from floe_orchestrator_dagster.streamed import Streamed
from floe_orchestrator_dagster.translator import ProductTranslator

GROUP = "ingestion"


def create_ingestion_assets(
    product: Product, translator: ProductTranslator, retry_policy: RetryPolicy | None
) -> AssetsDefinition:
    """Make the assets that the product's sources load."""
    plugin = product.floe["ingestion"].get("plugin")
    keys = {source["name"]: translator.key_of_source(source) for source in product.sources}

    @multi_asset(
        name=ingestion_op(product),
        specs=[_spec(product, translator, source, plugin) for source in product.sources],
        can_subset=True,
        retry_policy=retry_policy,
        config_schema=full_refresh_schema("Forget what was loaded before, and load from the start."),
        pool=product.slug,
    )
    def load(context: AssetExecutionContext) -> Iterator[MaterializeResult]:
        wanted = [name for name, key in keys.items() if key in context.selected_asset_keys]
        failed: list[SourceResult] = []
        with step_lineage(context, product) as lineage:
            work: Streamed[SourceResult, Any] = Streamed(
                lambda tell: run_ingestion(
                    product,
                    sources=wanted,
                    full_refresh=context.op_execution_context.op_config["full_refresh"],
                    lineage=lineage,
                    listener=tell,
                )
            )
            for result in work:
                if result.success:
                    context.log.info(f"{result.source}: {result.rows} rows into {result.table}")
                    yield _materialized(keys[result.source], result)
                else:
                    context.log.error(f"{result.source}: {result.error}")
                    failed.append(result)
            if failed:
                names = ", ".join(one.source for one in failed)
                raise Failure(
                    f"{len(failed)} of {len(wanted)} sources weren't loaded: {names}.",
                    metadata={one.source: MetadataValue.text(one.error or "It failed.") for one in failed},
                )

    return load


def _spec(
    product: Product, translator: ProductTranslator, source: dict[str, Any], plugin: str | None
) -> AssetSpec:
    place = source.get("url") or source.get("path")
    return AssetSpec(
        key=translator.key_of_source(source),
        group_name=GROUP,
        description=f"{source['name']}: {source['writeMode']} from {place}.",
        owners=translator.product_owners() or [],
        tags={"floe/product": product.name},
        kinds={plugin} if plugin else set(),
        metadata={
            "dagster/table_name": source["destinationTable"],
            "source": source["name"],
            "write_mode": source["writeMode"],
        },
        skippable=True,
    )


def _materialized(key: Any, result: SourceResult) -> MaterializeResult:
    size = {} if result.bytes is None else {"bytes": MetadataValue.int(result.bytes)}
    return MaterializeResult(
        asset_key=key,
        metadata={
            "rows_loaded": MetadataValue.int(result.rows),
            "seconds": MetadataValue.float(float(result.seconds)),
            **size,
        },
    )


def full_refresh_schema(description: str) -> dict[str, Any]:
    """Let a run be configured to start over."""
    return {"full_refresh": Field(bool, default_value=False, description=description)}
