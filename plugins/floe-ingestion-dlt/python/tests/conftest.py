"""A product with a catalog of its own: PyIceberg's, in SQLite, with its tables in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from floe_ingestion_dlt import load


@dataclass
class Product:
    """A product's folder, and what is loaded from it."""

    dir: Path

    def write(self, name: str, text: str) -> None:
        """Write a source's file."""
        file = self.dir / "data" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def source(self, name: str, mode: str = "append", **more: Any) -> dict[str, Any]:
        """Declare a source, with the defaults that floe fills in."""
        return {
            "name": name,
            "sourceType": "filesystem",
            "format": "csv",
            "path": f"data/{name}.csv",
            "destinationTable": f"raw.{name}",
            "writeMode": mode,
            "schemaContract": "evolve",
            **more,
        }

    def config(self, *sources: dict[str, Any], catalog: bool = True) -> dict[str, Any]:
        """Give the configuration that `load` takes."""
        (self.dir / "warehouse").mkdir(exist_ok=True)
        config: dict[str, Any] = {
            "productName": "shop",
            "projectDir": str(self.dir),
            "stateDir": str(self.dir / ("state" if catalog else "state-of-database")),
            "destination": {"type": "duckdb", "path": str(self.dir / "shop.duckdb")},
            "sources": list(sources),
        }
        if catalog:
            config["catalog"] = {
                "iceberg_catalog_name": "lake",
                "iceberg_catalog_type": "sql",
                "iceberg_catalog_config": {
                    "uri": f"sqlite:///{self.dir}/catalog.db",
                    "warehouse": f"file://{self.dir}/warehouse",
                },
            }
        return config

    def load(self, source: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Load one source, and give what came of it."""
        [result] = load(self.config(source), **options)["sources"]
        return result

    def table(self, name: str) -> Any:
        """Give the table as another process sees it."""
        from pyiceberg.catalog import load_catalog

        catalog = self.config()["catalog"]["iceberg_catalog_config"]
        return load_catalog("lake", type="sql", **catalog).load_table(f"raw.{name}")

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Give rows in order."""
        read = self.table(name).scan(selected_fields=columns).to_arrow().select(columns).to_pylist()
        return sorted((tuple(row.values()) for row in read), key=str)


@pytest.fixture
def product(tmp_path: Path) -> Product:
    """Make an empty product."""
    return Product(tmp_path)
