"""What a load leaves behind: nothing that keeps others from the database."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

from floe_ingestion_dlt import load


def test_the_database_is_free_once_a_load_has_ended_well_or_badly(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("id,name\n1,a\n2,b\n")
    (tmp_path / "bad.csv").write_text("id,name\n1,a\n2\n")
    config = {
        "productName": "shop",
        "projectDir": str(tmp_path),
        "stateDir": str(tmp_path / "state"),
        "destination": {"type": "duckdb", "path": "shop.duckdb"},
        "sources": [_csv("good"), _csv("bad"), _csv("again", "good.csv")],
    }
    # Without it, what refers to a connection from a circle of objects stays.
    gc.disable()
    try:
        result = load(config)
        opening = f"duckdb.connect({str(tmp_path / 'shop.duckdb')!r})"
        reader = f"import duckdb; print({opening}.sql('FROM again').fetchall())"
        seen = subprocess.run([sys.executable, "-c", reader], capture_output=True, text=True, check=False)
    finally:
        gc.enable()
    assert [one["success"] for one in result["sources"]] == [True, False, True]
    assert seen.stdout.strip() == "[(1, 'a'), (2, 'b')]", seen.stderr


def _csv(name: str, path: str | None = None) -> dict[str, str]:
    return {
        "name": name,
        "sourceType": "filesystem",
        "format": "csv",
        "path": path or f"{name}.csv",
        "destinationTable": name,
        "writeMode": "replace",
        "schemaContract": "evolve",
    }
