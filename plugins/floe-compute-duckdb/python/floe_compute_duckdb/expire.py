"""Expiring snapshots, and removing the files that only those had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pyiceberg.table import Table
    from pyiceberg.table.snapshots import Snapshot


class _Dated(Protocol):
    @property
    def snapshot_id(self) -> int: ...
    @property
    def timestamp_ms(self) -> int: ...


def expirable(
    snapshots: Sequence[_Dated], ancestors: Sequence[int], referenced: Iterable[int], keep: int, oldest: int
) -> list[int]:
    """
    Choose what goes: what is older than `oldest`, but for the newest `keep` of the current history and what a
    branch or a tag names.

    `ancestors`: the current snapshot and those before it, newest first.
    """
    staying = {*ancestors[: max(keep, 1)], *referenced}
    return [
        snapshot.snapshot_id
        for snapshot in snapshots
        if snapshot.timestamp_ms < oldest and snapshot.snapshot_id not in staying
    ]


def expire(table: Table, keep: int, oldest: int) -> tuple[int, int]:
    """Expire, then remove files. Gives the numbers of snapshots and files that went."""
    snapshots = table.snapshots()
    going = set(
        expirable(
            snapshots,
            _history(table),
            [ref.snapshot_id for ref in table.metadata.refs.values()],
            keep,
            oldest,
        )
    )
    if not going:
        return 0, 0
    # Looked up before: afterwards the catalog no longer knows where they were.
    reachable = _files(table, [one for one in snapshots if one.snapshot_id not in going])
    unreachable = _files(table, [one for one in snapshots if one.snapshot_id in going]) - reachable
    table.maintenance.expire_snapshots().by_ids(list(going)).commit()
    if table.properties.get("gc.enabled", "true").lower() == "false":
        return len(going), 0
    return len(going), sum(_remove(table, path) for path in sorted(unreachable))


def _history(table: Table) -> list[int]:
    by_id = {snapshot.snapshot_id: snapshot for snapshot in table.snapshots()}
    history: list[int] = []
    current = table.current_snapshot()
    while current is not None and current.snapshot_id not in history:
        history.append(current.snapshot_id)
        parent = current.parent_snapshot_id
        current = None if parent is None else by_id.get(parent)
    return history


def _files(table: Table, snapshots: Iterable[Snapshot]) -> set[str]:
    """Every file that some snapshots need. A manifest that several share is read once."""
    found: set[str] = set()
    for snapshot in snapshots:
        found.add(snapshot.manifest_list)
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path in found:
                continue
            found.add(manifest.manifest_path)
            entries = manifest.fetch_manifest_entry(table.io, discard_deleted=True)
            found.update(entry.data_file.file_path for entry in entries)
    return found


def _remove(table: Table, path: str) -> bool:
    """Remove a file. One that can't be is left: no snapshot names it, so it only takes room."""
    try:
        table.io.delete(path)
    except Exception:
        return False
    return True
