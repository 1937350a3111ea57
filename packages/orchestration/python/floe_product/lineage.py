"""A run in OpenLineage's words: those of `floe run`, which the compile wrote down."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from floe_product.artifacts import Product
from floe_product.assertions import assertion_of_check, assertion_of_test
from floe_product.datasets import Datasets
from floe_product.event_time import event_time, now
from floe_product.events import CheckFinished, NodeFinished
from floe_product.graph import parents_of
from floe_product.spool import Spool, transport_of
from floe_product.tables import Parts, TableFacts, Tables, parts_of, table_key

if TYPE_CHECKING:
    from floe_product.columns import Analysis
    from floe_product.ingestion import SourceResult

_LEAST_GRACE = 0.15
_GRACE = 0.03
"""How long the end of a run may wait for events to be delivered, as a part of its own time."""


class RunLineage:
    """One run of a product: the product is the parent job, each part a child.

    Several processes may tell parts of the same run: ids follow from the run's id and the job's name. Only
    one of them tells the run itself (`run_started`, `run_ended`). Where several tell of one job, as a second
    attempt does, or a task for checks beside that for tests, each names its `attempt`: a run of a job begins
    and ends once.
    """

    def __init__(self, product: Product, run_id: str, attempt: int | str = 0) -> None:
        self._product = product
        self._plan: Mapping[str, Any] = product.floe["lineage"]
        self.run_id = _uuid(run_id)
        self._attempt = attempt
        self._begun = time.monotonic()
        self._started: set[str] = set()
        self._open: dict[str, str] = {}
        self._datasets = Datasets(self._plan)
        self._manifest: Mapping[str, Any] = {"nodes": {}, "sources": {}}
        self._spool = (
            Spool(product.state_dir / "orchestrator" / "lineage", self.run_id, transport_of(self._plan))
            if self._plan["enabled"]
            else None
        )

    @property
    def enabled(self) -> bool:
        """Whether anybody is told anything."""
        return self._spool is not None

    def known(self, manifest: Mapping[str, Any], tables: Tables) -> None:
        """Take what is known of the tables, before what was done to them is told."""
        self._manifest = manifest
        self._datasets.tables = {**self._datasets.tables, **tables}

    def run_started(self) -> None:
        """Say that the run has begun."""
        self._start(self._plan["job"], "product", description=self._product.floe.get("description"))

    def run_ended(self, error: str | None = None) -> None:
        """Say how the run ended, and before it that what is still open was broken off."""
        self._break_off()
        self._end(self._plan["job"], "product", error, description=self._product.floe.get("description"))

    def source_started(self, name: str) -> None:
        job = self._plan["sources"].get(name)
        if job is not None:
            self._start(job["job"], "ingestion")

    def source_ended(self, result: SourceResult, table: TableFacts | None = None) -> None:
        """Say how a source was loaded; `table` is what is known of where it went."""
        job = self._plan["sources"].get(result.source)
        if job is None:
            return
        parts: Parts | None = tuple(job["table"]) if "table" in job else None  # type: ignore[assignment]
        if table is not None and parts is not None:
            self._datasets.tables = {**self._datasets.tables, table_key(parts): table}
        outputs = [self._datasets.loaded(one, parts) for one in job["outputs"]]
        if result.success:
            size = {} if result.bytes is None else {"size": result.bytes}
            outputs = [self._with_statistics(one, {"rowCount": result.rows, **size}) for one in outputs]
        self._end(
            job["job"],
            "ingestion",
            None if result.success else result.error or "It failed.",
            started_at=result.started_at,
            ended_at=result.ended_at,
            inputs=[self._located(one) for one in job["inputs"]],
            outputs=outputs,
        )

    def node_started(self, unique_id: str) -> None:
        job = self._plan["nodes"].get(unique_id)
        if job is not None:
            self._start(job["job"], job["kind"], description=self._description(unique_id))

    def node_ended(
        self,
        node: NodeFinished,
        rows: int | None = None,
        sql: str | None = None,
        columns: Analysis | None = None,
    ) -> None:
        """Say how a model, seed or snapshot ended: its rows, the SQL that ran, what its columns come from."""
        job = self._plan["nodes"].get(node.unique_id)
        if job is None:
            return
        output = self._dataset(node.unique_id)
        run_facets = {}
        if columns is not None and "unknown" in columns:
            told = f"Column lineage isn't known: {columns['unknown']}"
            name = self._manifest["nodes"].get(node.unique_id, {}).get("name", node.unique_id)
            errors = [{"errorMessage": told, "task": name}]
            run_facets["extractionError"] = self._facet(
                "extractionError", totalTasks=1, failedTasks=1, errors=errors
            )
        elif columns is not None:
            database, schema, _ = parts_of(self._manifest["nodes"][node.unique_id])
            origins = self._datasets.origins(columns, database, schema)
            facet = self._facet("columnLineage", **origins)
            output = {**output, "facets": {**output.get("facets", {}), "columnLineage": facet}}
        if rows is not None and not node.failed:
            output = self._with_statistics(output, {"rowCount": rows})
        self._end(
            job["job"],
            job["kind"],
            (node.message or "It failed.") if node.failed else None,
            started_at=node.started_at,
            ended_at=node.ended_at,
            description=self._description(node.unique_id),
            inputs=[self._dataset(one) for one in job["inputs"]],
            outputs=[output],
            run_facets=run_facets,
            job_facets={}
            if sql is None
            else {"sql": self._facet("sql", query=sql, dialect=self._plan.get("dialect"))},
        )

    def checks_ended(
        self, manifest: Mapping[str, Any], nodes: Sequence[NodeFinished], checks: Sequence[CheckFinished]
    ) -> None:
        """Tell the quality run of each model: dbt's tests and floe's checks together."""
        by_model: dict[str, list[dict[str, Any]]] = {}
        for node in nodes:
            test = manifest["nodes"].get(node.unique_id)
            if test is None or test["resource_type"] != "test" or node.status == "skipped":
                continue
            reads = parents_of(test)
            model = test.get("attached_node") or (reads[0] if reads else None)
            if model is not None:
                by_model.setdefault(model, []).append(assertion_of_test(test, node))
        for check in checks:
            by_model.setdefault(check.expectation.model, []).append(assertion_of_check(check))
        for model, assertions in by_model.items():
            job = self._plan["nodes"].get(model)
            if job is not None:
                self._quality_ended(job["quality_job"], self._dataset(model), assertions)

    def close(self) -> None:
        """Tell the end of what was broken off, and wait a little. The next run delivers what is left."""
        self._break_off()
        if self._spool is not None:
            self._spool.close(max(_LEAST_GRACE, (time.monotonic() - self._begun) * _GRACE))

    def _break_off(self) -> None:
        while self._open:
            job, kind = self._open.popitem()
            self._write("ABORT", job, kind, now(), None, {}, {}, [], [])

    def _quality_ended(self, job: str, dataset: Mapping[str, Any], assertions: list[dict[str, Any]]) -> None:
        unmet = [one["name"] for one in assertions if not one["success"] and one["severity"] == "error"]
        told = self._facet("dataQualityAssertions", assertions=assertions)
        tests = [
            {
                "name": one["name"],
                "status": "pass" if one["success"] else "fail",
                "severity": one["severity"],
                "type": one["assertion"],
            }
            for one in assertions
        ]
        self._end(
            job,
            "quality",
            f"Not met: {', '.join(unmet)}" if unmet else None,
            inputs=[{**dataset, "inputFacets": {"dataQualityAssertions": told}}],
            run_facets={"test": self._facet("test", tests=tests)},
        )

    def _start(
        self, job: str, kind: str, *, at: datetime | None = None, description: str | None = None
    ) -> None:
        if job not in self._started:
            self._started.add(job)
            # Who tells the end of the product's run needn't be who told its start.
            if kind != "product":
                self._open[job] = kind
            self._write("START", job, kind, at or now(), description, {}, {}, [], [])

    def _end(
        self,
        job: str,
        kind: str,
        error: str | None,
        *,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        description: str | None = None,
        inputs: Iterable[Mapping[str, Any]] = (),
        outputs: Iterable[Mapping[str, Any]] = (),
        run_facets: Mapping[str, Any] | None = None,
        job_facets: Mapping[str, Any] | None = None,
    ) -> None:
        # There must be both.
        if kind != "product":
            self._start(job, kind, at=started_at, description=description)
        self._open.pop(job, None)
        facets = dict(run_facets or {})
        if error is not None:
            facets["errorMessage"] = self._facet("errorMessage", message=error, programmingLanguage="SQL")
        event = "COMPLETE" if error is None else "FAIL"
        at = ended_at or now()
        told = (list(inputs), list(outputs))
        self._write(event, job, kind, at, description, facets, job_facets or {}, *told)

    def _write(
        self,
        event_type: str,
        job: str,
        kind: str,
        at: datetime,
        description: str | None,
        run_facets: Mapping[str, Any],
        own_facets: Mapping[str, Any],
        inputs: list[Mapping[str, Any]],
        outputs: list[Mapping[str, Any]],
    ) -> None:
        if self._spool is None:
            return
        plan = self._plan
        namespace = plan["namespace"]
        of_kind = plan["kinds"][kind]
        facets: dict[str, Any] = dict(run_facets)
        if kind != "product":
            parent = {"run": {"runId": self.run_id}, "job": {"namespace": namespace, "name": plan["job"]}}
            facets["parent"] = self._facet("parent", **parent, root=parent)
        if "engine" in of_kind:
            facets["processing_engine"] = self._facet("processing_engine", **of_kind["engine"])
        job_facets = {**of_kind["facets"], **own_facets}
        if description:
            job_facets["documentation"] = self._facet("documentation", description=description)
        self._spool.write(
            {
                "eventType": event_type,
                "eventTime": event_time(at),
                "producer": plan["producer"],
                "schemaURL": plan["schema_url"],
                "run": {"runId": self._id_of(job), "facets": facets},
                "job": {"namespace": namespace, "name": job, "facets": job_facets},
                "inputs": inputs,
                "outputs": outputs,
            }
        )

    def _id_of(self, job: str) -> str:
        """Give a job's run id. What is tried again after it failed is another run of its job."""
        if job == self._plan["job"]:
            return self.run_id
        attempt = f"#{self._attempt}" if self._attempt else ""
        return str(uuid.uuid5(uuid.UUID(self.run_id), f"{job}{attempt}"))

    def _facet(self, facet: str, **fields: Any) -> dict[str, Any]:
        return self._datasets.facet(facet, **fields)

    def _dataset(self, unique_id: str) -> dict[str, Any]:
        """Give a node's or source's dataset, with what is known of its table."""
        sources = self._manifest.get("sources") or {}
        resource = self._manifest["nodes"].get(unique_id) or sources.get(unique_id)
        return self._datasets.of(unique_id, resource, None if resource is None else parts_of(resource))

    def _with_statistics(self, dataset: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        return {**dataset, "outputFacets": {"outputStatistics": self._facet("outputStatistics", **fields)}}

    def _located(self, dataset: Mapping[str, Any]) -> dict[str, Any]:
        """Say where a file is, of which the compile could only know that it is the product's."""
        if not dataset.get("local"):
            return dict(dataset)
        path = os.path.normpath(self._product.dir / dataset["name"])
        return {"namespace": dataset["namespace"], "name": path.replace(os.sep, "/")}

    def _description(self, unique_id: str) -> str | None:
        model = self._product.models.get(unique_id)
        return model["description"] if model else None


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        # An orchestrator's own id, such as Airflow's: the same run has the same id in all its processes.
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"floe:{text}"))
