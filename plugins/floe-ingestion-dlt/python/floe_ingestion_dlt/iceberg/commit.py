"""A load as one commit: columns, rows and what dlt remembers, all of it or nothing."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    CommitStateUnknownException,
    NamespaceAlreadyExistsError,
    NoSuchTableError,
    RESTError,
    TableAlreadyExistsError,
    ValidationException,
)
from pyiceberg.table import Table, TableProperties, Transaction
from requests import RequestException

from floe_ingestion_dlt.errors import IngestionError
from floe_ingestion_dlt.iceberg.columns import iceberg_schema
from floe_ingestion_dlt.iceberg.evolve import evolve
from floe_ingestion_dlt.iceberg.memory import property_of, remembered, to_property
from floe_ingestion_dlt.iceberg.merge import Merge
from floe_ingestion_dlt.iceberg.write import Written, arrow_schema, conform, read_package, write_rows

_ATTEMPTS = 6
_FIRST_WAIT = 0.2
_CONFLICTS = (CommitFailedException, TableAlreadyExistsError, ValidationException)
# Whether the commit was made, the answer doesn't say, or there was none.
_UNKNOWN = (CommitStateUnknownException, RESTError, RequestException)


@dataclass
class Load:
    """What is to be committed."""

    table: tuple[str, ...]
    pipeline: str
    load_id: str
    # The load that came before, which this one builds on: its cursor was read then.
    after: str | None
    mode: str
    anew: bool
    columns: Sequence[Mapping[str, Any]]
    keys: list[str]
    files: list[Path]
    state: dict[str, Any] | None
    summary: dict[str, str]


@dataclass
class Committed:
    """What was committed."""

    rows: int = 0
    bytes: int = 0
    added_columns: list[str] = field(default_factory=list)


def load_table(catalog: Catalog, table: tuple[str, ...]) -> Table | None:
    """Load a table; None where there is none."""
    try:
        return catalog.load_table(table)
    except NoSuchTableError:
        return None


def commit(catalog: Catalog, load: Load) -> Committed:
    """Commit a load. Who was faster is waited for, and the commit made on top of theirs.

    Raises `IngestionError` `CATALOG.CONFLICT` when others are always faster, or when one of them loaded the
    same source.
    """
    for attempt in range(_ATTEMPTS):
        table = load_table(catalog, load.table)
        memory = remembered(table, load.pipeline)
        if memory.get("load_id") == load.load_id:
            # An attempt that seemed to have failed.
            return _landed(table, load)
        if memory.get("load_id") != load.after:
            raise IngestionError(
                "CATALOG.CONFLICT",
                f"Another process loaded this source into {'.'.join(load.table)} at the same time.",
                next=["Load again: what it loaded isn't loaded a second time."],
            )
        try:
            return _attempt(catalog, table, load)
        except _CONFLICTS as error:
            problem: Exception = error
        except _UNKNOWN as error:
            if isinstance(error, RESTError) and not isinstance(error, CommitStateUnknownException):
                raise
            problem = error
        if attempt + 1 < _ATTEMPTS:
            time.sleep(_FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.5))
    raise IngestionError(
        "CATALOG.CONFLICT" if isinstance(problem, _CONFLICTS) else "CATALOG.FAILED",
        f"The load couldn't be committed to {'.'.join(load.table)}.",
        why=f"{_ATTEMPTS} attempts failed, the last with: {problem}",
        next=["Load again when fewer others write to the table."],
    ) from problem


def _attempt(catalog: Catalog, table: Table | None, load: Load) -> Committed:
    written = Written()
    merge: Merge | None = None
    with tempfile.TemporaryDirectory(prefix="floe-merge-") as folder:
        transaction, added = _open(catalog, table, load)
        target = transaction._table
        try:
            metadata = transaction.table_metadata
            form = arrow_schema(metadata.schema())
            rows = conform(read_package(load.files), form)
            replaced = []
            if load.mode == "merge" and not load.anew and table is not None and table.current_snapshot():
                merge = Merge(rows, form, load.keys, Path(folder) / "rows.duckdb")
                replaced = list(merge.replaced(table))
                rows = merge.rows()
            elif load.mode == "merge":
                merge = Merge(rows, form, load.keys, Path(folder) / "rows.duckdb")
                rows = merge.rows()
            elif table is not None and (load.mode == "replace" or load.anew):
                replaced = list(table.scan().plan_files())
            written = write_rows(rows, form, metadata, target.io)
            committed = Committed(written.rows, written.bytes, added)
            if merge is not None and table is not None:
                for task in replaced:
                    written.files += merge.kept(task, table, metadata).files
            _snapshot(transaction, written, [task.file for task in replaced], load)
            if table is not None:
                transaction.set_properties(_memory(load))
            transaction.commit_transaction()
        except _CONFLICTS:
            written.discard(target.io)
            raise
        finally:
            if merge is not None:
                merge.close()
    return committed


def _open(catalog: Catalog, table: Table | None, load: Load) -> tuple[Transaction, list[str]]:
    if table is None:
        with suppress(NamespaceAlreadyExistsError):
            catalog.create_namespace(load.table[:-1])
        schema = iceberg_schema(load.columns, load.keys if load.mode == "merge" else [])
        # Not set later on: Nessie takes properties once in a commit.
        return catalog.create_table_transaction(load.table, schema, properties=_memory(load)), []
    # PyIceberg would commit anew by itself, without looking whether this source was loaded meanwhile.
    own = {**table.properties, TableProperties.COMMIT_NUM_RETRIES: "0"}
    table.metadata = table.metadata.model_copy(update={"properties": own})
    transaction = table.transaction()
    return transaction, evolve(transaction, load.columns, anew=load.anew)


def _memory(load: Load) -> dict[str, str]:
    return {property_of(load.pipeline): to_property(load.load_id, load.state)}


def _snapshot(transaction: Transaction, written: Written, replaced: list[Any], load: Load) -> None:
    if not written.files and not replaced:
        return
    update = transaction.update_snapshot(snapshot_properties=load.summary)
    with update.overwrite() if replaced else update.fast_append() as snapshot:
        for file in replaced:
            snapshot.delete_data_file(file)
        for file in written.files:
            snapshot.append_data_file(file)


def _landed(table: Table | None, load: Load) -> Committed:
    """Read off the snapshot what an attempt without an answer had committed."""
    snapshots = [] if table is None else table.snapshots()
    for snapshot in reversed(snapshots):
        summary = snapshot.summary
        if summary is not None and summary.additional_properties.get("dlt.load-id") == load.load_id:
            properties = summary.additional_properties
            return Committed(
                int(properties.get("added-records", 0)), int(properties.get("added-files-size", 0))
            )
    return Committed()
