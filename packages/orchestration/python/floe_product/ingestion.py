"""Sources, loaded by the ingestion plugin's own Python part."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from types import ModuleType
from typing import Any

from floe_product.artifacts import Product
from floe_product.compiled_code import PYTHON_DIR, import_compiled
from floe_product.errors import ProductError
from floe_product.lineage import RunLineage
from floe_product.tables import TableFacts, divide, inspect_catalog


@dataclass(frozen=True)
class SourceResult:
    """What came of one source."""

    source: str
    table: str
    """`schema.table`, as it is in the destination."""
    success: bool
    rows: int
    seconds: float
    started_at: datetime
    ended_at: datetime
    error: str | None = None
    bytes: int | None = None


def run_ingestion(
    product: Product,
    *,
    sources: Collection[str] | None = None,
    full_refresh: bool = False,
    lineage: RunLineage | None = None,
    listener: Callable[[SourceResult], None] = lambda _result: None,
) -> list[SourceResult]:
    """Load sources one after another, all where none are named. One that fails is told, and the others go on.

    Raises `ProductError`: `INGESTION.FAILED` where nothing can be loaded at all.
    """
    wanted = [one for one in product.sources if sources is None or one["name"] in sources]
    if not wanted:
        return []
    loader = _loader(product)
    results = []
    for source in wanted:
        if lineage is not None:
            lineage.source_started(source["name"])
        run_id = lineage.run_id if lineage else None
        result = _load(product, loader.load, source["name"], full_refresh, run_id)
        if lineage is not None:
            lineage.source_ended(result, _look(product, loader, result) if lineage.enabled else None)
        listener(result)
        results.append(result)
    return results


def _load(
    product: Product, load: Callable[..., Any], source: str, full_refresh: bool, run_id: str | None
) -> SourceResult:
    started = datetime.now(timezone.utc)
    try:
        with _at(product):
            answer = load(_config(product), sources=[source], full_refresh=full_refresh, run_id=run_id)
    except Exception as error:
        code = getattr(error, "code", None)
        if code is None:
            raise
        # The plugin's own error, for what keeps anything from being loaded.
        raise ProductError(code, str(error), why=error.why, next=error.next) from error
    (told,) = answer["sources"]
    return SourceResult(
        source=told["source"],
        table=told["table"],
        success=told["success"],
        rows=told["rowsLoaded"],
        seconds=told["executionTimeSeconds"],
        started_at=started,
        ended_at=datetime.now(timezone.utc),
        error=told.get("error"),
        bytes=told.get("bytesLoaded"),
    )


def _look(product: Product, loader: ModuleType, result: SourceResult) -> TableFacts | None:
    """Look at the table that a source was loaded into. Lineage never fails the data."""
    plan = product.floe["lineage"]
    with contextlib.suppress(Exception):
        parts = tuple(plan["sources"][result.source]["table"])
        inside, _ = divide(plan.get("catalog"), [parts])
        if inside:
            return next(iter(inspect_catalog(plan["catalog"], inside).values()), None)
        with _at(product):
            columns = loader.describe(_config(product), result.table)
        return TableFacts(columns) if columns else None
    return None


def _loader(product: Product) -> ModuleType:
    ingestion = product.floe["ingestion"]
    runner = ingestion.get("runner")
    if runner is None:
        raise ProductError(
            "INGESTION.FAILED",
            f"The sources of {product.name} can't be loaded here.",
            why=f"The ingestion plugin {ingestion.get('plugin')} has no part that runs without floe.",
            next=["Load them with floe run, or choose another plugins.ingestion and compile again."],
        )
    try:
        return import_compiled(product, runner["module"])
    except ImportError as error:
        packages = " ".join(f'"{package}"' for package in runner["packages"])
        raise ProductError(
            "INGESTION.FAILED",
            f"The sources of {product.name} can't be loaded: {error}.",
            why=f"{runner['module']} is missing, or what it needs.",
            next=[f"pip install {packages}", f"Copy the compiled files whole, {PYTHON_DIR} among them."],
        ) from error


def _config(product: Product) -> dict[str, Any]:
    """Say what `floe run` says: floe's IngestionConfig."""
    dbt = product.floe["dbt"]
    outputs = product.artifacts["dbt_profiles"][dbt["profile"]]["outputs"]
    ingestion = product.floe["ingestion"]
    state = product.state_dir / "ingestion" / product.floe["environment"]
    state.mkdir(parents=True, exist_ok=True)
    optional = {"catalog": ingestion.get("catalog"), "storageProperties": ingestion.get("storage_properties")}
    return {
        "productName": product.name,
        "projectDir": str(product.dir),
        "sources": product.sources,
        "destination": outputs[dbt["target"]],
        "stateDir": str(state),
        **{key: value for key, value in optional.items() if value is not None},
    }


@contextlib.contextmanager
def _at(product: Product) -> Iterator[None]:
    """Be where relative paths of the profile start."""
    cwd = os.getcwd()  # noqa: PTH109 - may have been removed, which Path.cwd() reports no better
    os.chdir(product.dir)
    try:
        yield
    finally:
        os.chdir(cwd)
