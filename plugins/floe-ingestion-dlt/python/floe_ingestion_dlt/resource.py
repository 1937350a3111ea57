"""A source as dlt's resource: its rows, how they are written, and what dlt remembers of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
from dlt.extract.items_transform import MetricsItem

from floe_ingestion_dlt.destination import storage_of
from floe_ingestion_dlt.errors import IngestionError
from floe_ingestion_dlt.files import open_files
from floe_ingestion_dlt.rest import read_pages

if TYPE_CHECKING:
    from floe_ingestion_dlt.library import Progress

Rows = Callable[[], Iterator[Any]]
Pages = Callable[[], AbstractContextManager[Iterator[Any]]]
# Where dlt's state of a resource says which run loaded it last.
_RUN = "floe_run"


def read_rows(
    source: dict[str, Any], pages: Pages, frozen: list[str] | None, on_progress: Progress | None
) -> Rows:
    """Read the source, telling how far it is."""

    def rows() -> Iterator[Any]:
        count = 0
        with pages() as opened:
            for page in opened:
                if frozen is not None and hasattr(page, "column_names"):
                    _refuse_changed(page.column_names, frozen)
                count += len(page)
                if on_progress is not None:
                    on_progress(source["name"], count)
                yield page

    return rows


def pages_of(source: dict[str, Any], config: Mapping[str, Any], folder: Path) -> Pages:
    """Say how the source is opened: pages of an API, or batches of files' rows."""
    if source["sourceType"] == "rest":
        return lambda: nullcontext(read_pages(source))
    storage = storage_of(config)
    return lambda: open_files(source["path"], source["format"], Path(config["projectDir"]), storage, folder)


class _AtTheEnd(MetricsItem):
    """Sees the rows that are left by the cursor's own step, which is put in place later than this one."""

    placement_affinity = 1.2


def create_resource(source: dict[str, Any], table: str, rows: Rows, run_id: str | None) -> Any:
    """Say how rows are written. The run's name is kept with the cursor: where the rows are, and with them."""
    resource = dlt.resource(
        rows,
        name=table,
        table_name=table,
        write_disposition=source["writeMode"],
        primary_key=source.get("primaryKey"),
        max_table_nesting=0,
    )
    cursor = source.get("cursorField")
    if cursor is not None:
        # Open at its start: only rows past the last seen value, so none needs to be remembered to tell it
        # apart.
        resource = resource.apply_hints(
            incremental=dlt.sources.incremental(cursor, range_start="open", on_cursor_value_missing="include")
        )
    if run_id is not None:
        loaded = {"run": run_id, "rows": 0}

        def remember(items: Any, _meta: Any, _metrics: Any) -> None:
            loaded["rows"] += len(items) if hasattr(items, "__len__") and not isinstance(items, dict) else 1
            dlt.current.resource_state(table)[_RUN] = dict(loaded)

        resource.add_step(_AtTheEnd(remember))
    return resource


def loaded_by(pipeline: Any, table: str, run_id: str | None) -> int | None:
    """How many rows a run has loaded into a table already; None where it hasn't."""
    for source in pipeline.state.get("sources", {}).values():
        loaded = source.get("resources", {}).get(table, {}).get(_RUN)
        if run_id is not None and loaded is not None and loaded["run"] == run_id:
            return int(loaded["rows"])
    return None


def _refuse_changed(columns: list[str], frozen: list[str]) -> None:
    naming = dlt.Schema("floe").naming
    names = {naming.normalize_identifier(name) for name in columns}
    added, gone = sorted(names - set(frozen)), sorted(set(frozen) - names)
    if added or gone:
        changes = [f"new: {', '.join(added)}"] * bool(added) + [f"missing: {', '.join(gone)}"] * bool(gone)
        raise IngestionError(
            "INGESTION.FAILED",
            "The columns changed, and the source is frozen.",
            why="; ".join(changes),
            next=["Set schemaContract: evolve, or load anew with --full-refresh."],
        )
