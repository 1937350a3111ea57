"""A build as `floe run` does it: dbt in waves, critical checks between them, then the other checks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from floe_product.artifacts import Product
from floe_product.checks import closed_gates, count_rows, judge, score
from floe_product.columns import analyze_columns
from floe_product.events import CheckFinished, Event, NodeFinished, NodeStarted
from floe_product.expectations import Expectation
from floe_product.graph import declared_sources, descendants_of, parents_of
from floe_product.lineage import RunLineage
from floe_product.manifest import read_manifest
from floe_product.tables import Tables, inspect_tables, parts_of, table_key
from floe_product.waves import blocked_by, buildable, in_waves, selection

_STORED = {"table", "incremental", "seed", "snapshot"}
_MATERIALIZED = {"model", "seed", "snapshot"}


@dataclass
class BuildReport:
    """What building came to."""

    nodes: dict[str, NodeFinished] = field(default_factory=dict)
    checks: list[CheckFinished] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    """What wasn't built because of what failed."""
    score: float = 100.0
    closed_gates: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Say what went wrong, one sentence each; empty for a success."""
        failed = [f"{one.unique_id} {_told(one)}" for one in self.nodes.values() if one.failed]
        unmet = [
            f"The check {one.expectation.name} on {one.expectation.model.split('.')[-1]} isn't met"
            f"{f': {one.message}' if one.message else ''}."
            for one in self.checks
            if one.unmet and one.expectation.severity == "error"
        ]
        return [*failed, *unmet, *self.closed_gates]


def run_build(
    product: Product,
    *,
    nodes: Collection[str] | None = None,
    expectations: Collection[Expectation] | None = None,
    not_loaded: Collection[str] = (),
    full_refresh: bool = False,
    lineage: RunLineage | None = None,
    listener: Callable[[Event], None] = lambda _event: None,
) -> BuildReport:
    """Build and check a product, or a part of it.

    `nodes` are dbt's unique ids of what to build, tests among them; `expectations` the checks to judge. Left
    out, they are all. What depends on sources that were `not_loaded`, by name, isn't built. What fails is in
    the report; raised is only `ProductError`, for what keeps dbt from working.
    """
    # Here, so that who only reads a product needn't have dbt.
    from floe_product.dbt import Dbt

    manifest = read_manifest(product)
    run = _Run(product, Dbt(product), manifest, lineage, listener)
    planned = (
        buildable(manifest) if nodes is None else [one for one in buildable(manifest) if one in set(nodes)]
    )
    checks = product.expectations if expectations is None else list(expectations)
    run.report.blocked = descendants_of(manifest, _tables_of(product, manifest, not_loaded)) & set(planned)
    run.build(planned, checks, whole=nodes is None, full_refresh=full_refresh)
    built = {one for one, node in run.report.nodes.items() if not node.failed and node.status != "skipped"}
    asked = {one for one in planned if manifest["nodes"].get(one, {}).get("resource_type") != "test"}
    # A check alone is judged on what is there; one on what should have been built, only if it was.
    run.check([one for one in checks if one.model in built or one.model not in asked])
    run.report.score = score(run.report.checks)
    run.report.closed_gates = closed_gates(run.report.checks, product.floe["quality"])
    run.tell()
    return run.report


def cancel_build() -> None:
    """End a build that goes on in another thread of this process: what it has asked the engine for fails."""
    if "floe_product.dbt" in sys.modules:
        sys.modules["floe_product.dbt"].cancel()


class _Run:
    def __init__(
        self,
        product: Product,
        dbt: Any,
        manifest: Any,
        lineage: RunLineage | None,
        listener: Callable[[Event], None],
    ) -> None:
        self._product = product
        self._dbt = dbt
        self._manifest = manifest
        self._lineage = lineage
        self._listener = listener
        self.report = BuildReport()

    def build(
        self, planned: list[str], checks: list[Expectation], *, whole: bool, full_refresh: bool
    ) -> None:
        waves = in_waves(planned, self._product.floe["waves"])
        options = ["--full-refresh"] if full_refresh else []
        failed: set[str] = set()
        for index, wave in enumerate(waves):
            self.report.blocked |= blocked_by(self._manifest, failed) & set(planned)
            to_build = [one for one in wave if one not in self.report.blocked]
            if to_build:
                every = whole and len(to_build) == len(planned)
                chosen = [] if every else selection(self._manifest, to_build)
                for node in self._dbt.build([*chosen, *options], self._hear):
                    self.report.nodes[node.unique_id] = node
                    if node.failed:
                        failed.add(node.unique_id)
                    elif node.status == "skipped":
                        self.report.blocked.add(node.unique_id)
            if index == len(waves) - 1:
                return
            critical = [one for one in checks if one.critical and self._was_built(one.model, wave)]
            failed |= {result.expectation.model for result in self.check(critical) if result.unmet}

    def check(self, expectations: list[Expectation]) -> list[CheckFinished]:
        done = {(one.expectation.model, one.expectation.name) for one in self.report.checks}
        todo = [one for one in expectations if (one.model, one.name) not in done]
        if not todo:
            return []
        with self._dbt.connection() as adapter:
            results = judge(adapter, todo, self._listener)
        self.report.checks += results
        return results

    def tell(self) -> None:
        """Tell lineage how everything ended, with what the tables hold now."""
        if self._lineage is None or not self._lineage.enabled:
            return
        told = [one for one in self.report.nodes.values() if one.status != "skipped"]
        tables, rows = self._look(told)
        self._lineage.known(self._manifest, tables)
        built = [one.unique_id for one in told if not one.failed]
        models = [one for one in built if self._kind(one) == "model"]
        columns = analyze_columns(self._product, self._manifest, models, self._sql_of, tables)
        for node in told:
            self._lineage.node_ended(
                node,
                node.rows if node.rows is not None else rows.get(node.unique_id),
                self._sql_of(node.unique_id),
                columns.get(node.unique_id),
            )
        self._lineage.checks_ended(self._manifest, list(self.report.nodes.values()), self.report.checks)

    def _look(self, told: list[NodeFinished]) -> tuple[Tables, dict[str, int]]:
        """Look at the tables that events name, and count the rows of those that hold some."""
        nodes = {**self._manifest["nodes"], **self._manifest.get("sources", {})}
        own = [one.unique_id for one in told if self._kind(one.unique_id) in _MATERIALIZED]
        parents = [parent for one in own for parent in parents_of(nodes[one])]
        checked = [one.expectation.model for one in self.report.checks]
        tested = [
            parent
            for one in told
            if self._kind(one.unique_id) == "test"
            for parent in parents_of(nodes[one.unique_id])
        ]
        named = [parts_of(nodes[one]) for one in [*own, *parents, *checked, *tested] if one in nodes]
        tables: Tables = {}
        rows: dict[str, int] = {}
        # Lineage never fails the data.
        with contextlib.suppress(Exception), self._dbt.connection() as adapter:
            with contextlib.suppress(Exception):
                tables = inspect_tables(self._product, adapter, named)
            uncounted = {
                one.unique_id: nodes[one.unique_id]["relation_name"]
                for one in told
                if one.unique_id in own and one.rows is None and not one.failed
                if _is_stored(nodes[one.unique_id], tables) and nodes[one.unique_id].get("relation_name")
            }
            counts = count_rows(adapter, list(uncounted.values()))
            rows = {unique_id: counts[relation] for unique_id, relation in uncounted.items()}
        return tables, rows

    def _sql_of(self, unique_id: str) -> str | None:
        """Give the SQL of a model as dbt ran it: it writes it into its target folder."""
        node = self._manifest["nodes"].get(unique_id) or {}
        if node.get("resource_type") not in _MATERIALIZED:
            return None
        file = self._dbt.target_dir / "compiled" / node["package_name"] / node["original_file_path"]
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError:
            return None

    def _kind(self, unique_id: str) -> str | None:
        return (self._manifest["nodes"].get(unique_id) or {}).get("resource_type")

    def _was_built(self, model: str, wave: list[str]) -> bool:
        node = self.report.nodes.get(model)
        return model in wave and node is not None and not node.failed and node.status != "skipped"

    def _hear(self, event: NodeStarted | NodeFinished) -> None:
        if isinstance(event, NodeStarted) and self._lineage is not None:
            self._lineage.node_started(event.unique_id)
        self._listener(event)


def _tables_of(product: Product, manifest: Mapping[str, Any], sources: Collection[str]) -> list[str]:
    return [
        unique_id
        for source in product.sources
        if source["name"] in sources
        for unique_id in declared_sources(manifest, source)
    ]


def _is_stored(node: Mapping[str, Any], tables: Tables) -> bool:
    """Whether counting its rows computes nothing. In a catalog even what dbt calls a view is a table."""
    facts = tables.get(table_key(parts_of(node)))
    in_catalog = facts is not None and facts.iceberg is not None
    return in_catalog or (node.get("config") or {}).get("materialized") in _STORED


def _told(node: NodeFinished) -> str:
    return f"failed: {node.message}" if node.message else "failed."
