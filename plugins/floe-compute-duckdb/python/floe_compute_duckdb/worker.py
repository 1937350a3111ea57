"""Maintenance of Iceberg tables by PyIceberg, for floe."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from floe_worker import FloeError, method
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    ForbiddenError,
    NoSuchTableError,
    UnauthorizedError,
)

from floe_compute_duckdb.expire import expire
from floe_compute_duckdb.rewrite import CannotRewrite, Counts, count, rewrite

HOUR_MS = 3_600_000


@method
def maintain(tables: list[dict[str, str]], policy: dict[str, Any]) -> list[dict[str, Any]]:
    """Rewrite and expire each table. What fails with one doesn't keep the others from it."""
    catalog = _open()
    return [_maintain(catalog, table["schema"], table["table"], policy) for table in tables]


def _open() -> Catalog:
    # By the environment, for the properties may hold secrets.
    properties = json.loads(os.environ["FLOE_CATALOG_PROPERTIES"])
    try:
        return load_catalog(os.environ["FLOE_CATALOG_NAME"], **properties)
    except (UnauthorizedError, ForbiddenError) as error:
        raise FloeError(
            "CONNECTION.UNAUTHORIZED",
            "PyIceberg isn't let into the catalog.",
            why=str(error),
            next=["Check the catalog's credential."],
        ) from error
    except Exception as error:
        raise FloeError(
            "CONNECTION.FAILED",
            "PyIceberg can't open the catalog.",
            why=str(error),
            next=["Check plugins.catalog.config in manifest.yaml."],
        ) from error


def _maintain(catalog: Catalog, schema: str, name: str, policy: dict[str, Any]) -> dict[str, Any]:
    outcome: dict[str, Any] = {"schema": schema, "table": name, "status": "failed", "message": None}
    before = after = Counts(0, 0)
    expired = removed = 0
    notes: list[str] = []
    try:
        table = catalog.load_table((schema, name))
        before = after = count(table)
        try:
            after = rewrite(table, before)
        except CannotRewrite as error:
            notes.append(str(error))
        oldest = int(time.time() * 1000) - int(policy["maxSnapshotAgeHours"] * HOUR_MS)
        expired, removed = expire(table.refresh(), int(policy["keepSnapshots"]), oldest)
        outcome["status"] = "done" if after != before or expired > 0 else "skipped"
    except CommitFailedException as error:
        outcome["status"] = "conflict"
        notes.append(str(error))
    except NoSuchTableError:
        outcome["status"] = "skipped"
        notes.append("It isn't in the catalog.")
    except Exception as error:
        notes.append(f"{type(error).__name__}: {error}")
    return {
        **outcome,
        "message": " ".join(notes) or None,
        "dataFiles": [before.data_files, after.data_files],
        "deleteFiles": [before.delete_files, after.delete_files],
        "expiredSnapshots": expired,
        "removedFiles": removed,
    }
