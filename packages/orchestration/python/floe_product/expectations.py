"""Checks of a product, as the compile wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Expectation:
    """One check on a model, with the query that judges it."""

    model: str
    """dbt's unique id of the model."""
    name: str
    type: str
    critical: bool
    """Whether a failure stops what depends on the model."""
    severity: str
    """`error` or `warn`."""
    weight: float
    tier: str | None
    sql: str | None
    """Gives one row: passed (1 or 0), failing rows, rows checked, what was observed. None where floe doesn't
    know the engine's SQL."""
    definition: Mapping[str, Any]
    """The whole expectation in floe's vocabulary."""

    @property
    def id(self) -> str:
        """Its name in letters, digits and underscores, for orchestrators that allow no others."""
        return re.sub(r"[^A-Za-z0-9_]+", "_", self.name).strip("_") or self.type

    @property
    def expected(self) -> str:
        """What it asks for, in a few words."""
        return expected_of(self.definition)


def expected_of(given: Mapping[str, Any]) -> str:
    """Say what a check in floe's vocabulary asks for, in the words of `floe run`."""
    kind = given["type"]
    if kind == "not_null":
        return "no NULL"
    if kind == "unique":
        return f"unique {', '.join(given['columns'])}"
    if kind == "accepted_values":
        values = given["values"]
        return f"one of {', '.join(map(_text, values[:10]))}{', ...' if len(values) > 10 else ''}"
    if kind == "relationships":
        return f"in {'.'.join(given['to'])}.{given['field']}"
    if kind == "matches_regex":
        return f"matches {given['regex']}"
    if kind == "freshness":
        return f"at most {given['maxAgeHours']} hours old"
    if kind == "expression":
        return str(given["expression"])
    return f"between {given.get('min', '-infinity')} and {given.get('max', 'infinity')}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_expectation(given: Mapping[str, Any], weights: Mapping[str, float]) -> Expectation:
    """Read one entry of the artifacts' `floe.expectations`."""
    own = ("model", "critical", "tier", "sql")
    definition = {key: value for key, value in given.items() if key not in own}
    return Expectation(
        model=given["model"],
        name=given["name"],
        type=given["type"],
        critical=bool(given["critical"]),
        severity=given["severity"],
        weight=float(given.get("weight") or weights.get(given["class"], 1)),
        tier=given.get("tier"),
        sql=given.get("sql"),
        definition=definition,
    )
