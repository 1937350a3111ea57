"""Rewriting a table's files into as few as its rows need, without changing a row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import (
    ArrowScan,
    _dataframe_to_data_files,
    _read_all_delete_files,
    schema_to_pyarrow,
)
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
)
from pyiceberg.table import FileScanTask, Table, Transaction
from pyiceberg.table.snapshots import Operation, Summary
from pyiceberg.table.update import AssertTableUUID
from pyiceberg.table.update.snapshot import _SnapshotProducer

# Smaller files are joined once there are so many: each costs a reader a request of its own.
SMALL_BYTES = 32 * 1024 * 1024
MANY_SMALL = 8


class CannotRewrite(Exception):
    """The table can't be rewritten here, and why. It can be read as it is."""


class Counts(NamedTuple):
    """The current snapshot's files."""

    data_files: int
    delete_files: int


def count(table: Table) -> Counts:
    """Count the live files, from the manifest list alone."""
    found = {ManifestContent.DATA: 0, ManifestContent.DELETES: 0}
    for manifest in _manifests(table):
        found[manifest.content] += (manifest.added_files_count or 0) + (manifest.existing_files_count or 0)
    return Counts(found[ManifestContent.DATA], found[ManifestContent.DELETES])


def rewrite(table: Table, before: Counts) -> Counts:
    """
    Replace what has deletes on it, and what is in too many pieces. Files that lost all their rows only go;
    untouched ones stay as they are.

    Raises CommitFailedException where another writer came first: nothing of theirs is lost.
    """
    if before.delete_files == 0 and before.data_files < MANY_SMALL:
        return before
    if table.metadata.format_version > 2:
        raise CannotRewrite("PyIceberg can't write tables of format version 3: only old snapshots go.")
    try:
        tasks = list(table.scan().plan_files())
    except ValueError as error:
        raise CannotRewrite(f"PyIceberg can't plan it: {error}") from error
    dirty = [task for task in tasks if task.delete_files]
    clean = [task for task in tasks if not task.delete_files]
    small = [task for task in clean if task.file.file_size_in_bytes < SMALL_BYTES]
    joined = small if len(small) >= MANY_SMALL else []
    if not dirty and not joined:
        return before
    replaced = dirty + joined
    dead = _dead(table, dirty)
    written = list(_write(table, [task for task in replaced if task.file.file_path not in dead]))
    gone = {task.file.file_path for task in replaced}
    kept = [task.file for task in tasks if task.file.file_path not in gone]
    transaction = Transaction(table)
    producer = _Replace(transaction, table.io, [task.file for task in replaced], written, kept)
    try:
        updates, requirements = producer._commit()
        # Not by the transaction: it would try again after a conflict, with what was planned before.
        uuid_stays = AssertTableUUID(uuid=table.metadata.table_uuid)
        table.catalog.commit_table(table, (uuid_stays, *requirements), updates)
    except Exception:
        producer._clean_all_uncommitted()
        for file in written:
            table.io.delete(file.file_path)
        raise
    return Counts(len(kept) + len(written), 0)


def _dead(table: Table, tasks: list[FileScanTask]) -> set[str]:
    """Find the files of which every row is deleted: they needn't be read."""
    deleted = {
        path: len(pa.chunked_array([chunk for positions in found for chunk in positions.chunks]).unique())
        for path, found in _read_all_delete_files(table.io, tasks).items()
    }
    return {
        task.file.file_path for task in tasks if deleted.get(task.file.file_path) == task.file.record_count
    }


def _write(table: Table, tasks: list[FileScanTask]) -> Iterable[DataFile]:
    """Write the rows of some files anew, in a stream where the table isn't partitioned."""
    if not tasks:
        return []
    scan = ArrowScan(table.metadata, table.io, table.schema(), AlwaysTrue())
    if table.spec().is_unpartitioned():
        schema = schema_to_pyarrow(table.schema())
        batches: Iterator[pa.RecordBatch] = (batch.cast(schema) for batch in scan.to_record_batches(tasks))
        data: pa.RecordBatchReader | pa.Table = pa.RecordBatchReader.from_batches(schema, batches)
    else:
        data = scan.to_table(tasks)
    return _dataframe_to_data_files(table.metadata, data, table.io, write_uuid=uuid.uuid4())


def _manifests(table: Table) -> list[ManifestFile]:
    snapshot = table.current_snapshot()
    return [] if snapshot is None else snapshot.manifests(table.io)


class _Replace(_SnapshotProducer["_Replace"]):
    """
    A snapshot with the same rows in other files. No delete file outlives it: none of the data files that stay
    has one on it. https://iceberg.apache.org/spec/#snapshots
    """

    def __init__(
        self,
        transaction: Transaction,
        io: object,
        replaced: list[DataFile],
        written: list[DataFile],
        kept: list[DataFile],
    ) -> None:
        super().__init__(Operation.REPLACE, transaction, io)  # type: ignore[arg-type]
        for file in written:
            self.append_data_file(file)
        for file in replaced:
            self.delete_data_file(file)
        self._kept = kept

    def _existing_manifests(self) -> list[ManifestFile]:
        manifests: list[ManifestFile] = []
        for manifest in _manifests(self._transaction._table):
            if manifest.content == ManifestContent.DELETES:
                continue
            entries = manifest.fetch_manifest_entry(self._io, discard_deleted=True)
            staying = [entry for entry in entries if entry.data_file not in self._deleted_data_files]
            if len(staying) == len(entries):
                manifests.append(manifest)
            elif staying:
                with self.new_manifest_writer(self.spec(manifest.partition_spec_id)) as writer:
                    for entry in staying:
                        writer.add_entry(_with_status(entry, ManifestEntryStatus.EXISTING, entry.snapshot_id))
                manifests.append(writer.to_manifest_file())
        return manifests

    def _deleted_entries(self) -> list[ManifestEntry]:
        return [
            _with_status(entry, ManifestEntryStatus.DELETED, self._snapshot_id)
            for manifest in _manifests(self._transaction._table)
            if manifest.content == ManifestContent.DATA
            for entry in manifest.fetch_manifest_entry(self._io, discard_deleted=True)
            if entry.data_file.content == DataFileContent.DATA and entry.data_file in self._deleted_data_files
        ]

    def _summary(self, snapshot_properties: dict[str, str] = {}) -> Summary:  # noqa: B006 - as it is overridden
        """Totals, counted: PyIceberg derives them for other operations only."""
        added = self._added_data_files
        files = [*self._kept, *added]
        return Summary(
            Operation.REPLACE,
            **{
                "added-data-files": str(len(added)),
                "deleted-data-files": str(len(self._deleted_data_files)),
                "added-records": str(sum(file.record_count for file in added)),
                "added-files-size": str(sum(file.file_size_in_bytes for file in added)),
                "total-data-files": str(len(files)),
                "total-records": str(sum(file.record_count for file in files)),
                "total-files-size": str(sum(file.file_size_in_bytes for file in files)),
                "total-delete-files": "0",
                "total-position-deletes": "0",
                "total-equality-deletes": "0",
            },
            **snapshot_properties,
        )


def _with_status(entry: ManifestEntry, status: ManifestEntryStatus, snapshot_id: int | None) -> ManifestEntry:
    return ManifestEntry.from_args(
        status=status,
        snapshot_id=snapshot_id,
        sequence_number=entry.sequence_number,
        file_sequence_number=entry.file_sequence_number,
        data_file=entry.data_file,
    )
