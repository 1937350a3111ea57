"""Steps of a product in a process of their own: JSON on stdin says what to do, a file what came of it.

    {"product": "orders", "run_id": "...", "attempt": "silver.build:1", "result": "/tmp/result.json",
     "lives": "stdin", "full_refresh": false,
     "steps": [{"step": "ingest", "sources": ["orders"]},
               {"step": "build", "nodes": ["model.orders.stg"], "tests": ["test.orders.both"]},
               {"step": "check", "models": ["model.orders.stg"]}]}

The product is the one in the working directory. `build` without nodes builds and checks all of it. A step
that fails is the last. With `full_refresh`, sources are loaded and incremental models built from the start.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from floe_product.artifacts import Product, load_product
from floe_product.build import BuildReport, run_build
from floe_product.checks import closed_gates, score
from floe_product.ending import INTERRUPTED, end_with
from floe_product.errors import ProductError
from floe_product.events import CheckFinished, Event, NodeFinished
from floe_product.graph import parents_of
from floe_product.ingestion import SourceResult, run_ingestion
from floe_product.lineage import RunLineage
from floe_product.manifest import read_manifest

DONE, FAILED, BAD_DATA = 0, 2, 4
"""floe's own exit codes."""


@dataclass
class Outcome:
    """What came of the steps so far."""

    faults: list[str] = field(default_factory=list)
    """What couldn't be done: trying again may help."""
    findings: list[str] = field(default_factory=list)
    """What is wrong with the data: trying again can't help."""
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By source or dbt's unique id: what is worth knowing of its table."""
    checks: list[dict[str, Any]] = field(default_factory=list)
    """Verdicts, for whoever scores the whole run."""
    done: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return FAILED if self.faults else BAD_DATA if self.findings else DONE

    @property
    def summary(self) -> str:
        return " ".join(self.faults + self.findings) or ", ".join(self.done)


def main(given: TextIO = sys.stdin) -> int:
    """Do what the first line of stdin asks for. The exit code is floe's: 0, 2 for a failure, 4 for bad data.

    With `"lives": "stdin"`, it ends when stdin does: who started it keeps that open as long as it lives.
    """
    request = json.loads(given.readline())
    if request.get("lives") == "stdin":
        end_with(given)
    outcome = Outcome()
    try:
        product = load_product(Path.cwd(), request["product"])
        lineage = RunLineage(product, request["run_id"], attempt=request.get("attempt", 0))
        try:
            for step in request["steps"]:
                step = {"full_refresh": request.get("full_refresh", False), **step}
                _STEPS[step["step"]](product, step, lineage, outcome)
                if outcome.exit_code != DONE:
                    break
        finally:
            lineage.close()
    except ProductError as error:
        _say(str(error))
        outcome.faults.append(error.summary)
    except KeyboardInterrupt:
        _say("Ended.")
        return INTERRUPTED
    except ImportError as error:
        outcome.faults.append(
            f"{sys.executable} can't import {error.name}: install the product's requirements there."
        )
    told = {"summary": outcome.summary, "facts": outcome.facts, "checks": outcome.checks}
    Path(request["result"]).write_text(json.dumps(told), encoding="utf-8")
    _say(outcome.summary)
    return outcome.exit_code


def _begin(_product: Product, _step: Mapping[str, Any], lineage: RunLineage, outcome: Outcome) -> None:
    lineage.run_started()
    outcome.done.append("begun")


def _end(_product: Product, step: Mapping[str, Any], lineage: RunLineage, outcome: Outcome) -> None:
    failed = step.get("failed") or []
    lineage.run_ended(f"Failed: {', '.join(failed)}" if failed else None)
    outcome.done.append("ended")


def _ingest(product: Product, step: Mapping[str, Any], lineage: RunLineage, outcome: Outcome) -> None:
    results = run_ingestion(
        product,
        sources=step["sources"],
        full_refresh=step["full_refresh"],
        lineage=lineage,
        listener=_tell_source,
    )
    for one in results:
        if one.success:
            outcome.facts[one.source] = {"rows": one.rows}
        else:
            outcome.faults.append(f"The source {one.source} couldn't be loaded: {one.error}")
    rows = sum(one.rows for one in results if one.success)
    outcome.done.append(f"{rows:,} rows from {_count(len(results), 'source')}")


def _build(product: Product, step: Mapping[str, Any], lineage: RunLineage, outcome: Outcome) -> None:
    nodes = step.get("nodes")
    part: dict[str, Any] = {}
    if nodes is not None:
        wanted = {*nodes, *step.get("tests", []), *_tests_of(product, set(nodes))}
        part = {"nodes": wanted, "expectations": []}
    report = run_build(product, **part, full_refresh=step["full_refresh"], lineage=lineage, listener=_tell)
    for unique_id, node in report.nodes.items():
        if node.failed:
            tested = node.status == "fail"
            (outcome.findings if tested else outcome.faults).append(
                f"{unique_id}: {node.message or node.status}."
            )
        elif node.rows is not None:
            outcome.facts[unique_id] = {"rows": node.rows}
    _judge(report, outcome)
    outcome.findings += report.closed_gates
    tests = sum(unique_id.startswith(("test.", "unit_test.")) for unique_id in report.nodes)
    outcome.done.append(f"{_count(len(report.nodes) - tests, 'model')}, {_count(tests, 'test')}")


def _check(product: Product, step: Mapping[str, Any], lineage: RunLineage, outcome: Outcome) -> None:
    models = set(step["models"])
    checks = [one for one in product.expectations if one.model in models]
    report = run_build(product, nodes=[], expectations=checks, lineage=lineage, listener=_tell)
    _judge(report, outcome)
    met = sum(not one.unmet for one in report.checks)
    outcome.done.append(f"{met} of {_count(len(report.checks), 'check')} met")


def _score(product: Product, step: Mapping[str, Any], _lineage: RunLineage, outcome: Outcome) -> None:
    """Judge the whole run's verdicts, which other steps have told."""
    known = {(one.model, one.name): one for one in product.expectations}
    told = [(known.get((one["model"], one["name"])), one["status"]) for one in step["checks"]]
    results = [CheckFinished(check, status) for check, status in told if check is not None]
    outcome.findings += closed_gates(results, product.floe["quality"])
    outcome.done.append(f"score {int(score(results) * 10) / 10}")


_STEPS = {"begin": _begin, "end": _end, "ingest": _ingest, "build": _build, "check": _check, "score": _score}


def _judge(report: BuildReport, outcome: Outcome) -> None:
    for one in report.checks:
        expectation = one.expectation
        outcome.checks.append({"model": expectation.model, "name": expectation.name, "status": one.status})
        if one.unmet and expectation.severity == "error":
            outcome.findings.append(f"The check {expectation.name} on {_short(expectation.model)} isn't met.")


def _tests_of(product: Product, nodes: set[str]) -> list[str]:
    """Find the tests that belong to one of these nodes alone. Others are asked for by name."""
    manifest = read_manifest(product)
    tests = {key: one for key, one in manifest["nodes"].items() if one["resource_type"] == "test"}
    alone = [key for key, one in tests.items() if _reads_one_of(one, nodes)]
    units = [key for key, one in manifest.get("unit_tests", {}).items() if nodes & {*parents_of(one)}]
    return [*alone, *units]


def _reads_one_of(test: Mapping[str, Any], nodes: set[str]) -> bool:
    reads = set(parents_of(test))
    return len(reads) == 1 and reads <= nodes


def _tell_source(result: SourceResult) -> None:
    came = f"{result.rows:,} rows" if result.success else result.error
    _say(f"{'ok' if result.success else 'FAILED'}  {result.source} -> {result.table}: {came}")


def _tell(event: Event) -> None:
    if isinstance(event, NodeFinished):
        mark = "FAILED" if event.failed else event.status
        _say(f"{mark}  {event.unique_id}{f': {event.message}' if event.failed and event.message else ''}")
    elif isinstance(event, CheckFinished):
        mark = ("FAILED" if event.expectation.severity == "error" else "unmet") if event.unmet else "met"
        rows = f": {event.failing_rows} rows" if event.failing_rows else ""
        _say(f"{mark}  check {event.expectation.name} on {_short(event.expectation.model)}{rows}")


def _say(line: str) -> None:
    print(line, flush=True)


def _short(unique_id: str) -> str:
    return unique_id.split(".", 2)[-1]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
