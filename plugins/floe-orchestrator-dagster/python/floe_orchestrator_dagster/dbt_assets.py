"""The dbt project's models, seeds and snapshots as assets, with dbt's tests and floe's checks on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
)
from floe_product import (
    BuildReport,
    CheckFinished,
    Expectation,
    NodeFinished,
    NodeStarted,
    Product,
    RunLineage,
    cancel_build,
    run_build,
)
from floe_product.graph import parents_of, resources_of

from floe_orchestrator_dagster.checks import ProductChecks
from floe_orchestrator_dagster.streamed import Streamed
from floe_orchestrator_dagster.translator import ProductTranslator

_ASSETS = {"model", "seed", "snapshot"}

Told = MaterializeResult | AssetCheckResult


class DbtAssets:
    """The assets of all that `dbt build` builds, and the checks on them."""

    def __init__(self, product: Product, manifest: Mapping[str, Any], translator: ProductTranslator) -> None:
        self._product = product
        self._manifest = manifest
        self._specs: dict[str, AssetSpec] = {
            unique_id: translator.get_asset_spec(manifest, unique_id, None)
            for unique_id, node in manifest["nodes"].items()
            if node["resource_type"] in _ASSETS and node["config"].get("materialized") != "ephemeral"
        }
        self._checks = ProductChecks(product, manifest, translator, self._specs)
        self.specs = list(self._specs.values())
        self.check_specs = self._checks.specs if self.specs else []

    def build(
        self,
        context: AssetExecutionContext,
        lineage: RunLineage,
        *,
        not_loaded: Collection[str],
        full_refresh: bool,
    ) -> Iterator[Told | BuildReport]:
        """Build and check what the run asks for, as far as its sources were loaded; the report comes last."""
        assets = {one for one, spec in self._specs.items() if spec.key in context.selected_asset_keys}
        asked = context.selected_asset_check_keys
        nodes: Collection[str] | None = None
        expectations: list[Expectation] | None = None
        if len(assets) < len(self._specs) or len(asked) < len(self._checks.specs):
            nodes = {*assets, *self._checks.tests_of(asked), *self._unasked_tests(assets)}
            expectations = self._checks.expectations_of(asked)
            if not nodes and not expectations:
                return
        work: Streamed[Any, BuildReport] = Streamed(
            lambda tell: run_build(
                self._product,
                nodes=nodes,
                expectations=expectations,
                not_loaded=not_loaded,
                full_refresh=full_refresh,
                lineage=lineage,
                listener=tell,
            ),
            cancel=cancel_build,
        )
        for event in work:
            yield from self._told(event, context)
        report = work.result
        for unique_id in sorted(report.blocked & assets - set(report.nodes)):
            context.log.warning(f"{unique_id} wasn't built, as what it depends on failed.")
        context.log.info(f"Quality score {report.score:.2f}")
        yield report

    def _unasked_tests(self, assets: set[str]) -> set[str]:
        """Find tests that Dagster can't be asked for, as they belong to no one asset: they go with theirs."""
        return {
            unique_id
            for unique_id, node in resources_of(self._manifest).items()
            if node["resource_type"] in {"test", "unit_test"}
            and unique_id not in self._checks.tests
            and (parents := parents_of(node))
            and assets.issuperset(parents)
        }

    def _told(
        self, event: NodeStarted | NodeFinished | CheckFinished, context: AssetExecutionContext
    ) -> Iterator[Told]:
        if isinstance(event, CheckFinished):
            yield self._checks.result_of_check(event)
        elif isinstance(event, NodeFinished):
            if event.unique_id in self._specs:
                yield from _materialized(event, context, self._specs[event.unique_id].key)
            elif event.unique_id in self._checks.tests:
                yield from self._checks.result_of_test(event)
            elif event.status not in {"pass", "success"}:
                context.log.warning(f"{event.unique_id}: {event.status}. {event.message or ''}")


def _materialized(
    node: NodeFinished, context: AssetExecutionContext, key: AssetKey
) -> Iterator[MaterializeResult]:
    if node.failed:
        context.log.error(f"{node.unique_id}: {node.message}")
    elif node.status == "skipped":
        context.log.warning(f"{node.unique_id} was skipped, as what it depends on failed.")
    else:
        seconds = (node.ended_at - node.started_at).total_seconds()
        rows = {} if node.rows is None else {"dagster/row_count": MetadataValue.int(node.rows)}
        yield MaterializeResult(
            asset_key=key,
            metadata={"unique_id": node.unique_id, "seconds": MetadataValue.float(seconds), **rows},
        )
