"""Lineage of a Dagster run: the product's run is the step that does all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import AssetExecutionContext, Failure
from floe_product import Product, RunLineage


@contextmanager
def run_lineage(context: AssetExecutionContext, product: Product) -> Iterator[RunLineage]:
    """Tell the run's start, with the first attempt, and its end, with the last."""
    lineage = RunLineage(product, context.run.run_id, attempt=context.retry_number)
    try:
        if context.retry_number == 0:
            lineage.run_started()
        yield lineage
        lineage.run_ended()
    except GeneratorExit:
        raise
    except BaseException as error:
        if not comes_again(context, error):
            lineage.run_ended(_sentence(error))
        raise
    finally:
        lineage.close()


def comes_again(context: AssetExecutionContext, error: BaseException) -> bool:
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
