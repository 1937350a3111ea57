"""Datasets of a product's tables: named as the compile wrote, or by where the catalog says that they lie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from floe_product.tables import Parts, TableFacts, Tables, divide, table_key

Dataset = Mapping[str, Any]
_LOCATION = re.compile(r"([a-z][a-z0-9+.-]*)://([^/]*)(.*)", re.IGNORECASE | re.DOTALL)


class Datasets:
    """Forms datasets from the compiled plan and from what is known of the tables by now."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._plan = plan
        self.tables: Tables = {}

    def of(self, unique_id: str, resource: Mapping[str, Any] | None, parts: Parts | None) -> dict[str, Any]:
        """Give the dataset of a node or source, with its columns where they are known."""
        return self._with_facts(self._plan["datasets"][unique_id], parts, resource)

    def loaded(self, output: Dataset, parts: Parts | None) -> dict[str, Any]:
        """Give the dataset that a source was loaded into."""
        return self._with_facts(output, parts, None)

    def name_at(self, parts: Parts) -> dict[str, str]:
        """Name the dataset of any table, also of one that isn't dbt's."""
        catalog = self._plan.get("catalog")
        inside, _ = divide(catalog, [parts])
        names = catalog["names"] if catalog is not None and inside and parts[0] else self._plan["names"]
        filled = {key: _filled(names[key], parts) for key in ("namespace", "name")}
        found = self._with_facts(filled, parts, None)
        return {"namespace": found["namespace"], "name": found["name"]}

    def origins(self, columns: Mapping[str, Any], database: str, schema: str) -> dict[str, Any]:
        """Name the datasets that columns come from. A part that the SQL leaves out is the model's own."""

        def origin(one: Mapping[str, Any], kind: str) -> dict[str, Any]:
            table, *before = reversed(one["table"])
            own, place = (*before, *(schema, database)[len(before) :])
            return {
                **self.name_at((place, own, table)),
                "field": one["column"],
                "transformations": [{"type": kind, "subtype": one["kind"]}],
            }

        return {
            "fields": {
                name: {"inputFields": [origin(one, "DIRECT") for one in origins]}
                for name, origins in columns["columns"].items()
            },
            "dataset": [origin(one, "INDIRECT") for one in columns["indirect"]],
        }

    def facet(self, key: str, **fields: Any) -> dict[str, Any]:
        """Make a facet: its fields, who says so, and its schema."""
        plan = self._plan
        return {**fields, "_producer": plan["producer"], "_schemaURL": plan["facet_schemas"][key]}

    def _with_facts(
        self, named: Dataset, parts: Parts | None, resource: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        facts = None if parts is None else self.tables.get(table_key(parts))
        if facts is None:
            return dict(named)
        place, facets = self._place(named, facts)
        if facts.columns:
            facets["schema"] = self.facet("schema", fields=_described(facts.columns, resource))
        return {**place, "facets": facets}

    def _place(self, named: Dataset, facts: TableFacts) -> tuple[dict[str, str], dict[str, Any]]:
        if facts.iceberg is None:
            return {"namespace": named["namespace"], "name": named["name"]}, dict(named.get("facets") or {})
        symlink = {"namespace": named["namespace"], "name": named["name"], "type": "TABLE"}
        facets = {
            "symlinks": self.facet("symlinks", identifiers=[symlink]),
            **self._plan["catalog"]["facets"],
        }
        if facts.iceberg.snapshot_id is not None:
            facets["version"] = self.facet("version", datasetVersion=str(facts.iceberg.snapshot_id))
        return located(facts.iceberg.location), facets


def located(location: str) -> dict[str, str]:
    """Name a dataset by where its files are, as `floe run` does: `locationDataset` of @floe/core."""
    found = _LOCATION.fullmatch(location)
    if found is None:
        return _file(location.removeprefix("file:"))
    scheme, authority, path = found[1].lower(), found[2], found[3]
    key = path.strip("/") or "/"
    if scheme == "file":
        return _file(path)
    if scheme in {"s3", "s3a", "s3n"}:
        return {"namespace": f"s3://{authority}", "name": key}
    if scheme in {"abfs", "abfss", "wasb", "wasbs"}:
        container, _, host = authority.partition("@")
        account = host.split(".", 1)[0]
        return {"namespace": f"abfss://{container}@{account}.dfs.core.windows.net", "name": key}
    return {"namespace": f"{found[1]}://{authority}", "name": key}


def _file(path: str) -> dict[str, str]:
    return {"namespace": "file", "name": path.rstrip("/") or "/"}


def _filled(text: str, parts: Parts) -> str:
    for name, part in zip(("database", "schema", "table"), parts, strict=True):
        text = text.replace(f"{{{name}}}", part)
    return text


def _described(columns: Any, resource: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Say what dbt knows of the columns' meaning."""
    known = {
        one["name"].lower(): one.get("description")
        for one in ((resource or {}).get("columns") or {}).values()
    }
    return [
        {**one, **({"description": known[one["name"].lower()]} if known.get(one["name"].lower()) else {})}
        for one in columns
    ]
