from __future__ import annotations

import io
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from support import write_product

from floe_product import BuildReport, CheckFinished, NodeFinished, SourceResult, steps

NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)
ORDERS = "model.shop.orders"
MANIFEST = {
    "metadata": {"project_name": "shop"},
    "nodes": {
        ORDERS: {"resource_type": "model", "depends_on": {"nodes": ["source.shop.raw.orders"]}},
        "model.shop.totals": {"resource_type": "model", "depends_on": {"nodes": [ORDERS]}},
        "test.shop.unique_orders": {"resource_type": "test", "depends_on": {"nodes": [ORDERS]}},
        "test.shop.both": {"resource_type": "test", "depends_on": {"nodes": [ORDERS, "model.shop.totals"]}},
        "test.shop.source": {"resource_type": "test", "depends_on": {"nodes": ["source.shop.raw.orders"]}},
    },
    "unit_tests": {"unit_test.shop.orders.adds": {"depends_on": {"nodes": [ORDERS]}}},
}


def node(unique_id: str, status: str, rows: int | None = None) -> NodeFinished:
    return NodeFinished(unique_id, status, "why" if status != "success" else None, None, rows, NOW, NOW)


class Asked:
    """What the steps asked the library to do, and what it answers."""

    def __init__(self) -> None:
        self.built: list[dict[str, Any]] = []
        self.loaded: list[dict[str, Any]] = []
        self.report = BuildReport()
        self.sources: list[SourceResult] = []


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()

    def build(_product: Any, **given: Any) -> BuildReport:
        asked.built.append(given)
        return asked.report

    def ingest(_product: Any, **given: Any) -> list[SourceResult]:
        asked.loaded.append(given)
        return asked.sources

    monkeypatch.setattr(steps, "run_build", build)
    monkeypatch.setattr(steps, "run_ingestion", ingest)
    monkeypatch.setattr(steps, "read_manifest", lambda _product: MANIFEST)
    monkeypatch.chdir(write_product(tmp_path / "shop"))
    return asked


def do(*todo: dict[str, Any], product: str = "shop", **more: Any) -> tuple[int, dict[str, Any]]:
    request = {
        "product": product,
        "run_id": "run",
        "attempt": "a:1",
        "result": "told.json",
        "steps": list(todo),
        **more,
    }
    code = steps.main(io.StringIO(json.dumps(request)))
    return code, json.loads(Path("told.json").read_text())


def test_builds_nodes_with_their_own_tests_and_those_that_were_named(asked: Asked) -> None:
    asked.report.nodes[ORDERS] = node(ORDERS, "success", rows=3)
    code, told = do({"step": "build", "nodes": [ORDERS], "tests": ["test.shop.source"]})
    assert code == 0
    assert asked.built[0]["nodes"] == {
        ORDERS,
        "test.shop.unique_orders",
        "test.shop.source",
        "unit_test.shop.orders.adds",
    }
    assert asked.built[0]["expectations"] == []
    assert told["facts"] == {ORDERS: {"rows": 3}}


def test_builds_and_checks_all_where_no_nodes_are_named(asked: Asked) -> None:
    assert do({"step": "build"})[0] == 0
    assert "nodes" not in asked.built[0]


@pytest.mark.parametrize(("status", "code"), [("fail", 4), ("error", 2), ("runtime error", 2), ("warn", 0)])
def test_tells_bad_data_from_what_could_not_be_done(asked: Asked, status: str, code: int) -> None:
    asked.report.nodes["test.shop.unique_orders"] = node("test.shop.unique_orders", status)
    assert do({"step": "build", "nodes": [ORDERS]}, {"step": "check", "models": [ORDERS]})[0] == code
    # A step that fails is the last.
    assert len(asked.built) == (2 if code == 0 else 1)


def test_a_check_that_warns_fails_nothing(asked: Asked) -> None:
    code, _ = do({"step": "check", "models": [ORDERS]})
    critical, warning = asked.built[0]["expectations"]
    assert code == 0
    asked.report.checks = [CheckFinished(critical, "passed"), CheckFinished(warning, "failed")]
    assert do({"step": "check", "models": [ORDERS]})[0] == 0
    asked.report.checks = [CheckFinished(critical, "failed"), CheckFinished(warning, "passed")]
    code, told = do({"step": "check", "models": [ORDERS]})
    assert code == 4
    assert told["summary"] == "The check an id: always on orders isn't met."
    assert [one["status"] for one in told["checks"]] == ["failed", "passed"]


def test_scores_what_other_steps_told(asked: Asked) -> None:
    def told(name: str, status: str) -> dict[str, str]:
        return {"model": ORDERS, "name": name, "status": status}

    met = [told("an id: always", "passed"), told("some", "passed"), told("not any more", "failed")]
    assert do({"step": "score", "checks": met})[1]["summary"] == "score 100.0"
    code, answer = do({"step": "score", "checks": [told("an id: always", "failed"), told("some", "passed")]})
    assert code == 4
    assert "below 50" in answer["summary"]
    assert asked.built == []


def test_a_source_that_fails_is_tried_again(asked: Asked) -> None:
    done = SourceResult("customers", "raw.customers", True, 7, 0.1, NOW, NOW)
    lost = SourceResult("orders", "raw.orders", False, 0, 0.1, NOW, NOW, error="no such file")
    asked.sources = [done, lost]
    code, told = do({"step": "ingest", "sources": ["customers", "orders"]}, {"step": "build"})
    assert code == 2
    assert told["summary"] == "The source orders couldn't be loaded: no such file"
    assert told["facts"] == {"customers": {"rows": 7}}
    assert asked.built == []


def test_says_what_is_wrong_with_the_product(asked: Asked, capfd: pytest.CaptureFixture[str]) -> None:
    code, told = do({"step": "build"}, product="another")
    assert code == 2
    assert "is of the product shop, not another" in told["summary"]
    assert "ARTIFACTS.INVALID" in capfd.readouterr().out
    assert asked.built == []


def test_starts_over_only_where_that_is_asked_for(asked: Asked) -> None:
    todo = [
        {"step": "ingest", "sources": ["orders"]},
        {"step": "build"},
        {"step": "build", "nodes": [ORDERS]},
    ]
    do(*todo)
    do(*todo, full_refresh=True)
    given = [one["full_refresh"] for one in (*asked.loaded, *asked.built)]
    assert given == [False, True, False, False, True, True]
