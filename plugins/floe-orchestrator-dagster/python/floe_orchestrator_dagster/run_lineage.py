"""Lineage of a Dagster run: the product's run begins with its first step and ends with its last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import AssetExecutionContext, Failure
from floe_product import Product, RunLineage


def ingestion_op(product: Product) -> str:
    """Name the step that loads sources."""
    return f"{product.slug}_ingestion"


def dbt_op(product: Product) -> str:
    """Name the step that builds and checks."""
    return f"{product.slug}_dbt_assets"


@contextmanager
def step_lineage(context: AssetExecutionContext, product: Product) -> Iterator[RunLineage]:
    """Tell the run's start and end around a step, where it is the first and the last."""
    lineage = RunLineage(product, context.run_id, attempt=context.retry_number)
    steps = {node.name for node in context.job_def.nodes}
    own = context.op_handle.name
    first = own == ingestion_op(product) or ingestion_op(product) not in steps
    last = own == dbt_op(product) or dbt_op(product) not in steps
    try:
        if first and context.retry_number == 0:
            lineage.run_started()
        yield lineage
        if last:
            lineage.run_ended()
    except GeneratorExit:
        raise
    except BaseException as error:
        if not _comes_again(context, error):
            lineage.run_ended(_sentence(error))
        raise
    finally:
        lineage.close()


def _comes_again(context: AssetExecutionContext, error: BaseException) -> bool:
    """Whether Dagster will try the step again."""
    policy = context.op_def.retry_policy
    allowed = not isinstance(error, Failure) or error.allow_retries
    return (
        isinstance(error, Exception)
        and allowed
        and policy is not None
        and context.retry_number < policy.max_retries
    )


def _sentence(error: BaseException) -> str:
    text = error.description if isinstance(error, Failure) else str(error)
    return text or type(error).__name__
