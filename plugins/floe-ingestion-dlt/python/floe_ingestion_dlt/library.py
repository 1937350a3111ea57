"""What programs call. dlt, which takes a second to be imported, is so at the first call."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from floe_ingestion_dlt.errors import IngestionError

Progress = Callable[[str, int], None]


def check(config: Mapping[str, Any]) -> None:
    """Check what can be checked without moving data: the destination. A catalog is connected to.

    Raises `IngestionError` with the code `CONFIG.INVALID_VALUE`, `SECRET.NOT_FOUND` or `CONNECTION.*`.
    """
    from floe_ingestion_dlt.place import open_place

    open_place(config)


def load(
    config: Mapping[str, Any],
    *,
    sources: Sequence[str] | None = None,
    full_refresh: bool = False,
    run_id: str | None = None,
    on_progress: Progress | None = None,
) -> dict[str, Any]:
    """Load a product's sources, each whole or not at all.

    `config` is floe's `IngestionConfig` as JSON:

    - `productName`: name of the product; with the source's name it names what dlt remembers.
    - `projectDir`: absolute path of the product; relative paths of sources start there.
    - `sources`: as in `floe.yaml` below `ingestion.sources`, with their defaults filled in
      (`compiled_artifacts.json` has them below `floe.ingestion.sources`).
    - `destination`: the compute engine's dbt output, such as `{"type": "duckdb", "path": ...}`.
    - `catalog`: optional; the Iceberg catalog that rows go to instead, as the plugin's
      `getDestinationConfig()` gives it: `iceberg_catalog_name`, `iceberg_catalog_type`, and in
      `iceberg_catalog_config` PyIceberg's properties of the catalog.
    - `storageProperties`: optional; PyIceberg's FileIO properties of the platform's storage.
    - `stateDir`: absolute path of a folder that dlt works in. It may be empty at each run: what must not be
      forgotten (cursors, what was loaded) is kept where the rows are.
    - `env`: optional; values for `{{ env_var('NAME') }}` in the above, before the process's environment.

    `sources` are the names of those to load, all by default. `full_refresh` forgets cursors and loads anew.
    `run_id` names the run for which is loaded: a source that this run has loaded already, by a process that
    was killed before it could say so, is not loaded again. `on_progress` takes a source's name and the rows
    read so far.

    Returns floe's `IngestionResult`: `success`, `executionTimeSeconds`, and `sources`, one for each that was
    asked for, in the order of the configuration: `source`, `table`, `success`, `rowsLoaded`,
    `executionTimeSeconds`, `bytesLoaded`, `addedColumns`, and where it failed `error` and
    `errorCode`. A source that fails doesn't keep the others from being loaded.

    Raises `IngestionError`: `CONFIG.REFERENCE` for a source that isn't there, `CONFIG.INVALID_VALUE` for a
    destination that can't be loaded into, `SECRET.NOT_FOUND`, `COMPUTE.LOCKED`, `CONNECTION.*`. Not
    to be called by two threads at a time: dlt has one configuration per process.
    """
    from floe_ingestion_dlt.sources import load_sources

    started = time.monotonic()
    wanted = _wanted(config["sources"], sources)
    results = load_sources(config, wanted, full_refresh=full_refresh, run_id=run_id, on_progress=on_progress)
    return {
        "success": all(one["success"] for one in results),
        "sources": results,
        "executionTimeSeconds": time.monotonic() - started,
    }


def _wanted(sources: Sequence[dict[str, Any]], names: Sequence[str] | None) -> list[dict[str, Any]]:
    known = [source["name"] for source in sources]
    for name in names or ():
        if name not in known:
            raise IngestionError(
                "CONFIG.REFERENCE",
                f'There is no source "{name}".',
                next=[f"The sources are {', '.join(known)}."],
            )
    return [source for source in sources if names is None or source["name"] in names]
