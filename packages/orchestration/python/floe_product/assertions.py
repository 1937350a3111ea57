"""Tests and checks as OpenLineage's assertions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from floe_product.events import CheckFinished, NodeFinished
from floe_product.expectations import expected_of


def assertion_of_check(check: CheckFinished) -> dict[str, Any]:
    """Say how one of floe's checks came out."""
    expectation = check.expectation
    actual = check.observed or (
        check.message if check.failing_rows is None else f"{check.failing_rows} failing rows"
    )
    column = expectation.definition.get("column")
    return {
        "assertion": expectation.type,
        "success": not check.unmet,
        "name": expectation.name,
        "severity": expectation.severity,
        **({"column": column} if column else {}),
        **({"actual": actual} if actual else {}),
        "expected": expectation.expected,
    }


def assertion_of_test(test: Mapping[str, Any], node: NodeFinished) -> dict[str, Any]:
    """Say how one of dbt's tests came out."""
    severity = str((test.get("config") or {}).get("severity") or "error").lower()
    actual = node.message if node.failures is None else f"{node.failures} failing rows"
    meant = _in_floes_words(test)
    return {
        "assertion": meant["type"],
        "success": node.status in {"pass", "success"},
        "name": test["name"],
        "severity": "warn" if severity == "warn" else "error",
        **({"column": meant["column"]} if "column" in meant else {}),
        **({"actual": actual} if actual else {}),
        "expected": expected_of(meant),
    }


def _in_floes_words(test: Mapping[str, Any]) -> dict[str, Any]:
    """Give dbt's own four kinds as the common vocabulary has them; any other is a condition of dbt's."""
    metadata = test.get("test_metadata") or {}
    kind, given, column = metadata.get("name"), metadata.get("kwargs") or {}, test.get("column_name")
    if column is not None and kind == "not_null":
        return {"type": kind, "column": column}
    if column is not None and kind == "unique":
        return {"type": kind, "columns": [column]}
    if column is not None and kind == "accepted_values" and isinstance(given.get("values"), list):
        return {"type": kind, "column": column, "values": given["values"]}
    if column is not None and kind == "relationships" and isinstance(given.get("to"), str):
        found = re.search(r"ref\(\s*['\"](\w+)['\"]\s*\)", given["to"])
        to = found[1] if found else given["to"]
        return {"type": kind, "column": column, "to": [to], "field": str(given.get("field"))}
    return {"type": "expression", "expression": f"dbt test {kind or test['name']}"}
