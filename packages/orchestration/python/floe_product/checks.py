"""The product's checks, judged by the queries that the compile wrote, through dbt's own adapter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from floe_product.events import CheckFinished
from floe_product.expectations import Expectation


def judge(
    adapter: Any, expectations: Iterable[Expectation], listener: Callable[[CheckFinished], None]
) -> list[CheckFinished]:
    """Judge each; one that the engine refuses is an error of its own, and the others go on."""
    results = []
    for expectation in expectations:
        result = _judge_one(adapter, expectation)
        listener(result)
        results.append(result)
    return results


def _judge_one(adapter: Any, expectation: Expectation) -> CheckFinished:
    if expectation.sql is None:
        engine = adapter.type()
        return CheckFinished(expectation, "error", message=f"floe can't say this in the SQL of {engine}.")
    try:
        _, table = adapter.execute(expectation.sql, auto_begin=False, fetch=True)
        passed, failing, rows, observed = tuple(table.rows[0])
    except Exception as error:
        # Some engines refuse everything on a connection after a statement that failed.
        adapter.release_connection()
        return CheckFinished(expectation, "error", message=str(error).strip())
    measured = failing is None
    return CheckFinished(
        expectation,
        "passed" if int(passed) == 1 else "failed",
        failing_rows=None if measured else int(failing),
        rows_checked=None if rows is None else int(rows),
        observed=_written(observed) if measured else None,
    )


def _written(value: Any) -> str:
    """Write a measure as `floe run` does: engines write a whole number of type double as 2.0."""
    if value is None:
        return "no value"
    text = str(value)
    return text.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", text) else text


def count_rows(adapter: Any, relations: Sequence[str]) -> dict[str, int]:
    """Count rows in one statement. It costs an engine that keeps statistics nothing."""
    if not relations:
        return {}
    counts = " UNION ALL ".join(
        f"SELECT {index} AS i, count(*) AS n FROM {relation}" for index, relation in enumerate(relations)
    )
    _, table = adapter.execute(counts, auto_begin=False, fetch=True)
    return {relations[int(index)]: int(count) for index, count in (tuple(row) for row in table.rows)}


def score(results: Iterable[CheckFinished]) -> float:
    """Sum of the weights of what is met, in percent of all. Nothing to score is 100."""
    weights = [(result.expectation.weight, result.unmet) for result in results]
    total = sum(weight for weight, _ in weights)
    return 100.0 if total == 0 else sum(weight for weight, unmet in weights if not unmet) / total * 100


def closed_gates(results: Sequence[CheckFinished], quality: Mapping[str, Any]) -> list[str]:
    """Say which of the platform's least scores aren't reached. Empty where all are."""
    if not results:
        return []
    closed = []
    least = (quality.get("thresholds") or {}).get("min_score")
    total = score(results)
    if least is not None and total < least:
        closed.append(f"The quality score of the product is {_floor(total)}, below {least}.")
    for tier, least_of_tier in (quality.get("gates") or {}).items():
        of_tier = [result for result in results if result.expectation.tier == tier]
        if of_tier and score(of_tier) < least_of_tier:
            closed.append(
                f"The quality score of the {tier} models is {_floor(score(of_tier))}, below {least_of_tier}."
            )
    return closed


def _floor(value: float) -> float:
    """Round down, so that 69.96 isn't shown as the 70 that it misses."""
    return int(value * 10) / 10
