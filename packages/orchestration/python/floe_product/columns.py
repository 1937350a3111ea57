"""What the columns of models come from, read off their SQL by the code that `floe run` does it with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from floe_product.artifacts import Product
from floe_product.compiled_code import import_compiled
from floe_product.tables import Tables, parts_of, table_key

_VERSION = "1"
"""Changes where the analysis does, so that no old answer is taken for a new one."""

Analysis = Mapping[str, Any]
"""`columns` and `indirect`, or `unknown` with why."""


def analyze_columns(
    product: Product,
    manifest: Mapping[str, Any],
    models: Sequence[str],
    sql_of: Callable[[str], str | None],
    tables: Tables,
) -> dict[str, Analysis]:
    """Analyze models, by unique id.

    Answers are kept by the SQL and the tables: what didn't change costs nothing.
    """
    dialect = product.floe["lineage"].get("dialect") or ""
    schema = _nested(manifest, tables)
    schema_hash = _hash(json.dumps(schema, sort_keys=True))
    folder = product.state_dir / "cache" / "scheduler-columns"
    found: dict[str, Analysis] = {}
    asked = []
    for unique_id in models:
        sql = sql_of(unique_id)
        if manifest["nodes"][unique_id].get("language") == "python":
            found[unique_id] = {"unknown": "it is a Python model"}
        elif sql is None:
            found[unique_id] = {"unknown": "its SQL isn't there"}
        else:
            file = folder / f"{_hash(f'{_VERSION} {dialect} {schema_hash} {sql}')}.json"
            try:
                found[unique_id] = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                asked.append(({"id": unique_id, "sql": sql, "dialect": dialect}, file))
    if not asked:
        return found
    try:
        analysis = import_compiled(product, "floe_lineage.analysis")
    except ImportError as error:
        return {**found, **{model["id"]: {"unknown": str(error)} for model, _ in asked}}
    answers = analysis.analyze_all([model for model, _ in asked], schema)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for model, file in asked:
            file.write_text(json.dumps(answers[model["id"]]), encoding="utf-8")
    return {**found, **answers}


def _nested(manifest: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    """Give tables that exist as sqlglot takes them: database, schema, table, column to type."""
    nested: dict[str, Any] = {}
    for resource in [*manifest["nodes"].values(), *manifest.get("sources", {}).values()]:
        database, schema, table = parts_of(resource)
        facts = tables.get(table_key((database, schema, table)))
        if facts is not None:
            columns = {one["name"]: one.get("type", "") for one in facts.columns}
            nested.setdefault(database, {}).setdefault(schema, {})[table] = columns
    return nested


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
