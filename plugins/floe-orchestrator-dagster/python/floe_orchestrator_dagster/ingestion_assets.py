"""An asset for each source, loaded one after another: most engines have one writer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    DagsterEventType,
    MaterializeResult,
    MetadataValue,
)
from floe_product import Product, RunLineage, SourceResult, run_ingestion

from floe_orchestrator_dagster.streamed import Streamed
from floe_orchestrator_dagster.translator import ProductTranslator

GROUP = "ingestion"


class IngestionAssets:
    """The assets that a product's sources load."""

    def __init__(self, product: Product, translator: ProductTranslator) -> None:
        self._product = product
        self._keys = {source["name"]: translator.key_of_source(source) for source in product.sources}
        plugin = (product.floe.get("ingestion") or {}).get("plugin")
        self.specs = [_spec(product, translator, source, plugin) for source in product.sources]

    def load(
        self, context: AssetExecutionContext, lineage: RunLineage, *, full_refresh: bool
    ) -> Iterator[MaterializeResult | SourceResult]:
        """Load the sources that the run asks for. What comes without a table is a source that failed.

        What an earlier attempt has loaded isn't loaded again: rows that are appended would come twice.
        """
        wanted = {name: key for name, key in self._keys.items() if key in context.selected_asset_keys}
        before = _loaded_before(context)
        for key in wanted.values():
            if key in before:
                yield MaterializeResult(asset_key=key, metadata=before[key])
        ahead = [name for name, key in wanted.items() if key not in before]
        if not ahead:
            return
        work: Streamed[SourceResult, Any] = Streamed(
            lambda tell: run_ingestion(
                self._product, sources=ahead, full_refresh=full_refresh, lineage=lineage, listener=tell
            )
        )
        for result in work:
            if result.success:
                context.log.info(f"{result.source}: {result.rows} rows into {result.table}")
                yield _materialized(wanted[result.source], result)
            else:
                context.log.error(f"{result.source}: {result.error}")
                yield result


def _loaded_before(context: AssetExecutionContext) -> dict[AssetKey, Any]:
    """Find what earlier attempts of this run have materialized, with what they told of it."""
    if context.retry_number == 0:
        return {}
    events = context.instance.all_logs(context.run.run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION)
    told = [one.get_dagster_event().step_materialization_data.materialization for one in events]
    return {one.asset_key: one.metadata for one in told}


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
