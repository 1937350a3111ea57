"""How the product's models and sources appear in Dagster."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dagster import AssetKey
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from floe_product import Product

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class ProductTranslator(DagsterDbtTranslator):
    """dagster-dbt's own words, with what floe knows better: product, tier, tags and owner."""

    def __init__(self, product: Product, manifest: Mapping[str, Any]) -> None:
        # A table that is loaded once may be declared as a source twice.
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._product = product
        self._loaded = _loaded_tables(product, manifest)

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        loaded = self._loaded.get(_table_of(dbt_resource_props))
        own = super().get_asset_key(dbt_resource_props)
        return loaded or own.with_prefix(self._product.name)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        model = self._product.models.get(dbt_resource_props["unique_id"])
        tier = model["tier"] if model else None
        return tier or super().get_group_name(dbt_resource_props)

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        model = self._product.models.get(dbt_resource_props["unique_id"])
        tags = model["tags"] if model else []
        own = super().get_tags({**dbt_resource_props, "tags": [*dbt_resource_props.get("tags", []), *tags]})
        return {**own, "floe/product": self._product.name}

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        return super().get_owners(dbt_resource_props) or self.product_owners()

    def product_owners(self) -> list[str] | None:
        """Give the product's owner, as Dagster takes owners: an address, or a team."""
        owner = self._product.floe.get("owner")
        if not owner:
            return None
        return [owner if _EMAIL.fullmatch(owner) else f"team:{owner}"]

    def key_of_source(self, source: Mapping[str, Any]) -> AssetKey:
        """Name the asset that an ingestion source loads: the dbt source, where one is declared."""
        return self._loaded[_destination(source)]


_Table = tuple[str | None, str]


def _loaded_tables(product: Product, manifest: Mapping[str, Any]) -> dict[_Table, AssetKey]:
    """Map the tables that ingestion loads to their assets."""
    declared: dict[_Table, list[str]] = {}
    for props in manifest.get("sources", {}).values():
        schema, table = _table_of(props)
        for place in ((schema, table), (None, table)):
            declared.setdefault(place, [props["source_name"], props["name"]])
    keys: dict[_Table, AssetKey] = {}
    for source in product.sources:
        table = _destination(source)
        parts = declared.get(table) or [part for part in table if part is not None]
        keys[table] = AssetKey([product.name, *parts])
    return keys


def _table_of(props: Mapping[str, Any]) -> _Table:
    if props["resource_type"] != "source":
        return (None, "")
    return (props["schema"], props.get("identifier") or props["name"])


def _destination(source: Mapping[str, Any]) -> _Table:
    *schema, table = source["destinationTable"].split(".")
    return (schema[-1] if schema else None, table)
