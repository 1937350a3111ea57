"""What floe calls."""

from __future__ import annotations

from typing import Any

from floe_lineage.analysis import analyze_all
from floe_worker import method


@method
def analyze(models: list[dict[str, str]], schema: dict[str, Any]) -> dict[str, Any]:
    """Column lineage of each model's SQL, by its id; or why it isn't known. Nothing is guessed."""
    return analyze_all(models, schema)
