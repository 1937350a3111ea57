"""A run in OpenLineage's words: those of `floe run`, which the compile wrote down."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from floe_product.artifacts import Product
from floe_product.events import CheckFinished, NodeFinished
from floe_product.spool import Spool

if TYPE_CHECKING:
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
        self._spool = (
            Spool(product.state_dir / "orchestrator" / "lineage", self.run_id, _transport(self._plan))
            if self._plan["enabled"]
            else None
        )

    def run_started(self) -> None:
        """Say that the run has begun."""
        self._start(self._plan["job"], "product", description=self._product.floe.get("description"))

    def run_ended(self, error: str | None = None) -> None:
        """Say how the run ended."""
        self._end(self._plan["job"], "product", error, description=self._product.floe.get("description"))

    def source_started(self, name: str) -> None:
        job = self._plan["sources"].get(name)
        if job is not None:
            self._start(job["job"], "ingestion")

    def source_ended(self, result: SourceResult) -> None:
        job = self._plan["sources"].get(result.source)
        if job is None:
            return
        outputs = job["outputs"]
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

    def node_ended(self, node: NodeFinished, rows: int | None = None) -> None:
        job = self._plan["nodes"].get(node.unique_id)
        if job is None:
            return
        datasets = self._plan["datasets"]
        output = datasets[node.unique_id]
        if rows is not None and not node.failed:
            output = self._with_statistics(output, {"rowCount": rows})
        self._end(
            job["job"],
            job["kind"],
            (node.message or "It failed.") if node.failed else None,
            started_at=node.started_at,
            ended_at=node.ended_at,
            description=self._description(node.unique_id),
            inputs=[datasets[one] for one in job["inputs"]],
            outputs=[output],
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
            reads = test["depends_on"]["nodes"]
            model = test.get("attached_node") or (reads[0] if reads else None)
            if model is not None:
                by_model.setdefault(model, []).append(_assertion_of_test(test, node))
        for check in checks:
            by_model.setdefault(check.expectation.model, []).append(_assertion_of_check(check))
        for model, assertions in by_model.items():
            job = self._plan["nodes"].get(model)
            if job is not None:
                self._quality_ended(job["quality_job"], self._plan["datasets"][model], assertions)

    def close(self) -> None:
        """Wait a little for what is on its way. The next run delivers what is left."""
        if self._spool is not None:
            self._spool.close(max(_LEAST_GRACE, (time.monotonic() - self._begun) * _GRACE))

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
            self._write("START", job, kind, at or _now(), description, {}, [], [])

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
    ) -> None:
        # There must be both. Who tells the end of the product's run needn't be who told its start.
        if kind != "product":
            self._start(job, kind, at=started_at, description=description)
        facets = dict(run_facets or {})
        if error is not None:
            facets["errorMessage"] = self._facet("errorMessage", message=error, programmingLanguage="SQL")
        event = "COMPLETE" if error is None else "FAIL"
        self._write(event, job, kind, ended_at or _now(), description, facets, list(inputs), list(outputs))

    def _write(
        self,
        event_type: str,
        job: str,
        kind: str,
        at: datetime,
        description: str | None,
        run_facets: Mapping[str, Any],
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
        job_facets = dict(of_kind["facets"])
        if description:
            job_facets["documentation"] = self._facet("documentation", description=description)
        self._spool.write(
            {
                "eventType": event_type,
                "eventTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
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
        schema = self._plan["facet_schemas"][facet]
        return {**fields, "_producer": self._plan["producer"], "_schemaURL": schema}

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


def _transport(plan: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Say where events go: OpenLineage's own variables go before what was compiled."""
    url = os.environ.get("OPENLINEAGE_URL")
    if not url:
        return plan.get("transport")
    endpoint = os.environ.get("OPENLINEAGE_ENDPOINT") or "api/v1/lineage"
    token = "OPENLINEAGE_API_KEY" if os.environ.get("OPENLINEAGE_API_KEY") else None
    return {
        "timeout": 5,
        **(plan.get("transport") or {}),
        "url": f"{url.rstrip('/')}/{endpoint.lstrip('/')}",
        **({"token_variable": token} if token else {}),
    }


def _assertion_of_check(check: CheckFinished) -> dict[str, Any]:
    expectation = check.expectation
    actual = check.observed or (
        check.message if check.failing_rows is None else f"{check.failing_rows} failing rows"
    )
    column = expectation.definition.get("column")
    return {
        "assertion": expectation.type,
        "success": not check.unmet,
        "name": expectation.name,
        "severity": expectation.severity,
        **({"column": column} if column else {}),
        **({"actual": actual} if actual else {}),
        "expected": expectation.expected,
    }


def _assertion_of_test(test: Mapping[str, Any], node: NodeFinished) -> dict[str, Any]:
    kind = (test.get("test_metadata") or {}).get("name")
    severity = str((test.get("config") or {}).get("severity") or "error").lower()
    column = test.get("column_name")
    actual = node.message if node.failures is None else f"{node.failures} failing rows"
    known = kind in {"not_null", "unique", "accepted_values", "relationships"} and column
    return {
        "assertion": kind if known else "expression",
        "success": node.status in {"pass", "success"},
        "name": test["name"],
        "severity": "warn" if severity == "warn" else "error",
        **({"column": column} if known and kind != "unique" else {}),
        **({"actual": actual} if actual else {}),
    }


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        # An orchestrator's own id, such as Airflow's: the same run has the same id in all its processes.
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"floe:{text}"))


def _now() -> datetime:
    return datetime.now(timezone.utc)
