"""The catalog as a place that rows go to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floe_ingestion_dlt.destination import storage_of
from floe_ingestion_dlt.iceberg.catalog import open_catalog
from floe_ingestion_dlt.iceberg.destination import Target, iceberg_catalog, table_name
from floe_ingestion_dlt.iceberg.problem import coded
from floe_ingestion_dlt.place import Purpose


class Lake:
    """An Iceberg catalog."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Connect to it."""
        catalog = config["catalog"]
        self.schema: str = config["destination"].get("schema") or "main"
        try:
            self._catalog = open_catalog(catalog, storage_of(config), config.get("env") or {})
        except Exception as error:
            address = catalog["iceberg_catalog_config"].get("uri", catalog["iceberg_catalog_name"])
            raise coded(error, f"The catalog at {address} can't be opened.") from error

    def table(self, purpose: Purpose) -> LakeTable:
        """Give a table of it."""
        target = Target(
            self._catalog,
            pipeline=purpose.pipeline,
            table=table_name(purpose.table),
            anew=purpose.anew,
            summary=purpose.summary,
        )
        return LakeTable(target)

    def close(self) -> None:
        """Keep it: a catalog is asked by requests, and holds nothing open between them."""


class LakeTable:
    """A table in a catalog, for one load."""

    def __init__(self, target: Target) -> None:
        """Make it dlt's destination."""
        self.destination = iceberg_catalog(target)
        self._target = target

    def clean(self, pipeline: Any) -> Any:
        """Forget all that is on this machine: cursors and columns are the table's, whoever loaded it last."""
        return pipeline.drop()

    def figures(self, _info: Any, known: list[str]) -> dict[str, Any]:
        """Tell what was committed."""
        committed = self._target.committed
        return {
            "bytesLoaded": committed.bytes,
            "addedColumns": sorted(committed.added_columns) if known else [],
        }
