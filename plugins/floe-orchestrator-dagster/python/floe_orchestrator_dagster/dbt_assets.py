"""The dbt project's models, seeds and snapshots as assets, with dbt's tests and floe's checks on them."""

# No annotations from __future__: Dagster looks at the type of `context` itself.
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Failure,
    MaterializeResult,
    MetadataValue,
    RetryPolicy,
    multi_asset,
)
from floe_product import (
    BuildReport,
    CheckFinished,
    NodeFinished,
    NodeStarted,
    Product,
    cancel_build,
    run_build,
)

from floe_orchestrator_dagster.checks import ProductChecks
from floe_orchestrator_dagster.ingestion_assets import full_refresh_schema
from floe_orchestrator_dagster.run_lineage import dbt_op, step_lineage
from floe_orchestrator_dagster.streamed import Streamed
from floe_orchestrator_dagster.translator import ProductTranslator

_ASSETS = {"model", "seed", "snapshot"}

Told = MaterializeResult | AssetCheckResult


def create_dbt_assets(
    product: Product,
    manifest: Mapping[str, Any],
    translator: ProductTranslator,
    retry_policy: RetryPolicy | None,
) -> AssetsDefinition | None:
    """Make the assets of all that `dbt build` builds, in one step. None for a project that builds nothing."""
    specs: dict[str, AssetSpec] = {
        unique_id: translator.get_asset_spec(manifest, unique_id, None)
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in _ASSETS and node["config"].get("materialized") != "ephemeral"
    }
    if not specs:
        return None
    checks = ProductChecks(product, manifest, translator, specs)

    @multi_asset(
        name=dbt_op(product),
        specs=list(specs.values()),
        check_specs=checks.specs,
        can_subset=True,
        retry_policy=retry_policy,
        config_schema=full_refresh_schema("Build incremental models anew."),
        pool=product.slug,
        allow_arbitrary_check_specs=True,
    )
    def build(context: AssetExecutionContext) -> Iterator[Told]:
        part = _Part(context, manifest, specs, checks)
        with step_lineage(context, product) as lineage:
            work: Streamed[Any, BuildReport] = Streamed(
                lambda tell: run_build(
                    product,
                    nodes=part.nodes,
                    expectations=part.expectations,
                    full_refresh=context.op_execution_context.op_config["full_refresh"],
                    lineage=lineage,
                    listener=tell,
                ),
                cancel=cancel_build,
            )
            for event in work:
                yield from _told(event, context, specs, checks)
            report = work.result
            context.log.info(f"Quality score {report.score:.2f}")
            if report.faults:
                raise _failure(report)

    return build


class _Part:
    """What of the product a run was asked for: its nodes and checks, or None for all."""

    def __init__(
        self,
        context: AssetExecutionContext,
        manifest: Mapping[str, Any],
        specs: Mapping[str, AssetSpec],
        checks: ProductChecks,
    ) -> None:
        assets = {one for one, spec in specs.items() if spec.key in context.selected_asset_keys}
        asked = context.selected_asset_check_keys
        self.nodes: Collection[str] | None = None
        self.expectations = None
        if len(assets) == len(specs) and len(asked) == len(checks.specs):
            return
        tests = checks.tests_of(asked)
        self.nodes = {*assets, *tests, *_unasked_tests(manifest, assets, checks)}
        self.expectations = checks.expectations_of(asked)


def _unasked_tests(manifest: Mapping[str, Any], assets: set[str], checks: ProductChecks) -> set[str]:
    """Find tests that Dagster can't be asked for, as they belong to no one asset: they go with theirs."""
    resources = {**manifest["nodes"], **manifest.get("unit_tests", {})}
    return {
        unique_id
        for unique_id, node in resources.items()
        if node["resource_type"] in {"test", "unit_test"}
        and unique_id not in checks.tests
        and node["depends_on"]["nodes"]
        and assets.issuperset(node["depends_on"]["nodes"])
    }


def _told(
    event: NodeStarted | NodeFinished | CheckFinished,
    context: AssetExecutionContext,
    specs: Mapping[str, AssetSpec],
    checks: ProductChecks,
) -> Iterator[Told]:
    if isinstance(event, CheckFinished):
        yield checks.result_of_check(event)
    elif isinstance(event, NodeFinished):
        if event.unique_id in specs:
            yield from _materialized(event, context, specs[event.unique_id].key)
        elif event.unique_id in checks.tests:
            yield from checks.result_of_test(event)
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


def _failure(report: BuildReport) -> Failure:
    """Fail the step. Data that is bad stays bad: only what failed to run is worth another try."""
    first, *others = report.faults
    more = f" And {len(others)} more." if others else ""
    crashed = any(node.failed and node.status != "fail" for node in report.nodes.values())
    return Failure(
        f"{first}{more}",
        metadata={
            "faults": MetadataValue.md("\n".join(f"- {fault}" for fault in report.faults)),
            "score": MetadataValue.float(report.score),
            "not_built": MetadataValue.int(len(report.blocked)),
        },
        allow_retries=crashed,
    )
