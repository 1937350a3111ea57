"""A product as one step: sources, then the build, without what reads a source that failed.

Steps of their own couldn't do that: Dagster skips a step whole where one of its inputs is missing.
"""

# No annotations from __future__: Dagster looks at the type of `context` itself.
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    Failure,
    Field,
    MetadataValue,
    RetryPolicy,
    multi_asset,
)
from floe_product import BuildReport, Product, SourceResult

from floe_orchestrator_dagster.dbt_assets import DbtAssets, Told
from floe_orchestrator_dagster.ingestion_assets import IngestionAssets
from floe_orchestrator_dagster.run_lineage import comes_again, run_lineage
from floe_orchestrator_dagster.translator import ProductTranslator


def create_product_assets(
    product: Product, manifest: Mapping[str, Any], retry_policy: RetryPolicy | None
) -> AssetsDefinition | None:
    """Make the assets and checks of a product. None where it has nothing to load or build."""
    translator = ProductTranslator(product, manifest)
    ingestion = IngestionAssets(product, translator)
    dbt = DbtAssets(product, manifest, translator)
    if not ingestion.specs and not dbt.specs:
        return None

    @multi_asset(
        name=f"{product.slug}_assets",
        specs=[*ingestion.specs, *dbt.specs],
        check_specs=dbt.check_specs,
        can_subset=True,
        retry_policy=retry_policy,
        config_schema={
            "full_refresh": Field(
                bool,
                default_value=False,
                description="Load from the start what is loaded in parts, and build incremental models anew.",
            )
        },
        pool=product.slug,
        allow_arbitrary_check_specs=True,
    )
    def run(context: AssetExecutionContext) -> Iterator[Told]:
        full_refresh = context.op_execution_context.op_config["full_refresh"]
        with run_lineage(context, product) as lineage:
            lost: list[SourceResult] = []
            for told in ingestion.load(context, lineage, full_refresh=full_refresh):
                if isinstance(told, SourceResult):
                    lost.append(told)
                else:
                    yield told
            failure = _not_loaded(lost)
            if failure is not None and comes_again(context, failure):
                raise failure
            names = [one.source for one in lost]
            for told in dbt.build(context, lineage, not_loaded=names, full_refresh=full_refresh):
                if isinstance(told, BuildReport):
                    failure = _failure(lost, told) or failure
                else:
                    yield told
            if failure is not None:
                raise failure

    return run


def _not_loaded(lost: Sequence[SourceResult]) -> Failure | None:
    return Failure(_words(_sentences(lost)), metadata=_reasons(lost)) if lost else None


def _failure(lost: Sequence[SourceResult], report: BuildReport) -> Failure | None:
    """Fail the step. Data that is bad stays bad: only what failed to run is worth another try."""
    faults = [*_sentences(lost), *report.faults]
    if not faults:
        return None
    crashed = any(node.failed and node.status != "fail" for node in report.nodes.values())
    return Failure(
        _words(faults),
        metadata={
            **_reasons(lost),
            "faults": MetadataValue.md("\n".join(f"- {fault}" for fault in faults)),
            "score": MetadataValue.float(report.score),
            "not_built": MetadataValue.int(len(report.blocked)),
        },
        allow_retries=bool(lost) or crashed,
    )


def _words(faults: Sequence[str]) -> str:
    first, *others = faults
    return f"{first}{f' And {len(others)} more.' if others else ''}"


def _sentences(lost: Sequence[SourceResult]) -> list[str]:
    if not lost:
        return []
    what = "A source wasn't" if len(lost) == 1 else f"{len(lost)} sources weren't"
    return [f"{what} loaded: {', '.join(one.source for one in lost)}."]


def _reasons(lost: Sequence[SourceResult]) -> dict[str, Any]:
    return {one.source: MetadataValue.text(one.error or "It failed.") for one in lost}
