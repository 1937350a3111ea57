"""A run of the one step: what Dagster and lineage are told, with the work itself replaced."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from compiled import ORDERS, RAW_ORDERS, load
from dagster import AssetSelection, DagsterInstance, Definitions, define_asset_job
from floe_product import BuildReport, CheckFinished, NodeFinished, NodeStarted, SourceResult

from floe_orchestrator_dagster import dbt_assets, ingestion_assets

NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)
RETRIES = {"retries": 1, "retry_delay_seconds": 0}


def node(unique_id: str, status: str, rows: int | None = None) -> NodeFinished:
    message = None if status in {"success", "pass"} else "why"
    return NodeFinished(unique_id, status, message, 2 if status == "fail" else None, rows, NOW, NOW)


class Work:
    """What the step asked for, and what it is told in answer."""

    def __init__(self) -> None:
        self.lost: list[int] = []
        """Attempts at which the source can't be loaded."""
        self.loads: list[list[str]] = []
        self.builds: list[dict[str, Any]] = []
        self.nodes = [node("model.shop.orders", "success", rows=3), node("model.shop.totals", "success")]
        self.unmet: set[str] = set()

    def ingest(self, _product: Any, *, sources: list[str], listener: Any, **_: Any) -> None:
        self.loads.append(sources)
        for name in sources:
            fine = len(self.loads) not in self.lost
            result = SourceResult(name, f"raw.{name}", fine, 3 if fine else 0, 0.1, NOW, NOW)
            listener(result if fine else SourceResult(*[*vars(result).values()][:-2], error="no such file"))

    def build(self, product: Any, *, listener: Any, **given: Any) -> BuildReport:
        self.builds.append(given)
        report = BuildReport(nodes={one.unique_id: one for one in self.nodes}, score=75.0)
        for one in self.nodes:
            listener(NodeStarted(one.unique_id))
            listener(one)
        for check in product.expectations:
            status = "failed" if check.name in self.unmet else "passed"
            report.checks.append(CheckFinished(check, status, failing_rows=1 if status == "failed" else 0))
            listener(report.checks[-1])
        return report


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    for name in ("OPENLINEAGE_URL", "FLOE_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    one = Work()
    monkeypatch.setattr(ingestion_assets, "run_ingestion", one.ingest)
    monkeypatch.setattr(dbt_assets, "run_build", one.build)
    return one


def run(defs: Definitions, selection: AssetSelection | None = None, **config: Any) -> Any:
    job = "shop"
    if selection is not None:
        job = "part"
        defs = Definitions.merge(defs, Definitions(jobs=[define_asset_job(job, selection)]))
    ops = {"ops": {"shop_assets": {"config": config}}} if config else {}
    with DagsterInstance.ephemeral() as instance:
        return defs.resolve_job_def(job).execute_in_process(
            instance=instance, raise_on_error=False, run_config=ops
        )


def materialized(result: Any) -> set[str]:
    told = (one.step_materialization_data for one in result.all_events if one.is_step_materialization)
    return {one.materialization.asset_key.to_user_string() for one in told}


def reasons(result: Any) -> list[str]:
    return [one.step_failure_data.user_failure_data.description for one in result.get_step_failure_events()]


def told(folder: Path) -> list[tuple[str, str]]:
    files = sorted((folder / ".floe" / "orchestrator" / "lineage").glob("*.jsonl"))
    events: Iterable[dict[str, Any]] = (json.loads(line) for one in files for line in one.open())
    return [(one["job"]["name"], one["eventType"]) for one in events]


def test_loads_and_builds_all_and_tells_the_run_to_lineage(tmp_path: Path, work: Work) -> None:
    result = run(load(tmp_path))
    assert result.success
    assert materialized(result) == {"shop/raw/orders", "shop/orders", "shop/totals"}
    assert work.loads == [["orders"]]
    (build,) = work.builds
    assert (build["nodes"], build["not_loaded"], build["full_refresh"]) == (None, [], False)
    assert told(tmp_path) == [("shop", "START"), ("shop", "COMPLETE")]


def test_a_source_that_fails_fails_the_run_after_the_rest_was_built(tmp_path: Path, work: Work) -> None:
    work.lost = [1]
    work.nodes = []
    result = run(load(tmp_path))
    assert not result.success
    assert work.builds[0]["not_loaded"] == ["orders"]
    assert reasons(result) == ["A source wasn't loaded: orders."]
    assert told(tmp_path) == [("shop", "START"), ("shop", "FAIL")]


def test_a_source_is_tried_again_before_anything_is_built(tmp_path: Path, work: Work) -> None:
    work.lost = [1]
    result = run(load(tmp_path, floe__orchestrator=RETRIES))
    assert result.success
    assert (len(work.loads), len(work.builds)) == (2, 1)
    assert told(tmp_path) == [("shop", "START"), ("shop", "COMPLETE")]


def test_what_was_loaded_isnt_loaded_again_where_the_build_crashed(tmp_path: Path, work: Work) -> None:
    work.nodes = [node("model.shop.orders", "error")]
    result = run(load(tmp_path, floe__orchestrator=RETRIES))
    assert not result.success
    assert (work.loads, len(work.builds)) == ([["orders"]], 2)
    assert materialized(result) == {"shop/raw/orders"}


def test_bad_data_isnt_worth_another_try(tmp_path: Path, work: Work) -> None:
    work.unmet = {"an id: always", "some"}
    result = run(load(tmp_path, floe__orchestrator=RETRIES))
    assert not result.success
    assert len(work.builds) == 1
    assert reasons(result) == ["The check an id: always on orders isn't met."]
    checks = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert not checks["an_id_always"].passed
    assert (checks["an_id_always"].severity.value, checks["some"].severity.value) == ("ERROR", "WARN")
    assert checks["an_id_always"].metadata["failing_rows"].value == 1


def test_tells_dbts_tests_and_not_those_that_were_skipped(tmp_path: Path, work: Work) -> None:
    work.nodes = [node("test.shop.unique_id", "warn")]
    (first, *_) = run(load(tmp_path)).get_asset_check_evaluations()
    assert (first.check_name, first.passed, first.severity.value) == ("unique_id", False, "WARN")
    work.nodes = [node("model.shop.orders", "error"), node("test.shop.unique_id", "skipped")]
    names = {one.check_name for one in run(load(tmp_path)).get_asset_check_evaluations()}
    assert names == {"an_id_always", "some"}


@pytest.mark.parametrize(
    ("selection", "loads", "nodes", "checks"),
    [
        (AssetSelection.assets(RAW_ORDERS).without_checks(), [["orders"]], None, None),
        (AssetSelection.assets(ORDERS).without_checks(), [], {"model.shop.orders"}, []),
        (
            AssetSelection.assets(ORDERS),
            [],
            {"model.shop.orders", "test.shop.unique_id"},
            ["an id: always", "some"],
        ),
    ],
)
def test_does_only_what_is_selected(
    tmp_path: Path, work: Work, selection: AssetSelection, loads: Any, nodes: Any, checks: Any
) -> None:
    work.nodes = []
    run(load(tmp_path), selection)
    assert work.loads == loads
    if nodes is None:
        assert work.builds == []
        return
    (build,) = work.builds
    assert build["nodes"] == nodes
    assert [one.name for one in build["expectations"]] == checks


def test_starts_over_where_the_run_says_so(tmp_path: Path, work: Work) -> None:
    run(load(tmp_path), full_refresh=True)
    assert work.builds[0]["full_refresh"] is True
