from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import write_product

from floe_product import CheckFinished, load_product
from floe_product.checks import closed_gates, judge, score
from floe_product.graph import declared_sources, descendants_of, parents_of
from floe_product.waves import blocked_by, buildable, in_waves, selection


def _node(kind: str, *reads: str, **more: Any) -> dict[str, Any]:
    return {
        "resource_type": kind,
        "depends_on": {"nodes": list(reads)},
        "config": {},
        "fqn": ["shop", kind],
        **more,
    }


MANIFEST = {
    "nodes": {
        "a": _node("model"),
        "b": _node("model", "a"),
        "c": _node("model", "b"),
        "other": _node("model"),
        "e": _node("model", "a", config={"materialized": "ephemeral"}),
        "test_a": _node("test", "a", attached_node="a"),
        "test_a_again": _node("test", "a", attached_node="a"),
        "test_b": _node("test", "b", attached_node="b"),
        "operation": _node("operation"),
    }
}


def test_builds_what_dbt_builds() -> None:
    assert buildable(MANIFEST) == ["a", "b", "c", "other", "test_a", "test_a_again", "test_b"]


def test_groups_by_the_compiled_wave_and_keeps_the_order() -> None:
    assert in_waves(["c", "a", "b", "other"], {"b": 1, "c": 3}) == [["a", "other"], ["b"], ["c"]]
    assert in_waves([], {"b": 1}) == []


def test_a_failed_model_blocks_what_reads_it_and_a_failed_test_not_its_sisters() -> None:
    assert blocked_by(MANIFEST, ["b"]) == {"c"}
    assert blocked_by(MANIFEST, ["test_a"]) == {"b", "c", "e", "test_b"}
    assert blocked_by(MANIFEST, []) == set()


def test_a_seed_reads_nothing() -> None:
    assert parents_of(_node("model", "a")) == ["a"]
    # As dbt writes it: of a seed it names macros alone.
    assert parents_of({"resource_type": "seed", "depends_on": {"macros": []}}) == []
    assert parents_of({"resource_type": "operation"}) == []


def test_finds_what_depends_on_a_source_by_the_table_that_it_loads() -> None:
    declared = {
        "source.orders": {"name": "orders", "schema": "raw"},
        "source.other": {"name": "orders", "schema": "archive"},
        "source.renamed": {"name": "bought", "identifier": "orders", "schema": "raw"},
    }
    manifest = {
        "sources": declared,
        "nodes": {
            "m": _node("model", "source.renamed"),
            "below": _node("model", "m"),
            "tested": _node("test", "source.orders"),
            "other": _node("model", "source.other"),
        },
        "unit_tests": {"unit": _node("unit_test", "m")},
    }
    read = declared_sources(manifest, {"destinationTable": "raw.orders"})
    assert read == ["source.orders", "source.renamed"]
    assert descendants_of(manifest, read) == {"m", "below", "tested", "unit"}
    assert len(declared_sources(manifest, {"destinationTable": "orders"})) == 3


def test_selects_by_full_names_alone() -> None:
    assert selection(MANIFEST, ["a", "gone"]) == [
        "--select",
        "fqn:shop.model",
        "--indirect-selection",
        "empty",
    ]


class Engine:
    """Answers queries from a table, and refuses others as an adapter does."""

    def __init__(self, answers: dict[str, tuple[Any, ...]]) -> None:
        self.answers = answers
        self.released = 0

    def type(self) -> str:
        return "duckdb"

    def execute(self, sql: str, **_: Any) -> tuple[None, Any]:
        if sql not in self.answers:
            raise RuntimeError("no such column\nLINE 1: SELECT")
        return None, type("Table", (), {"rows": [self.answers[sql]]})

    def release_connection(self) -> None:
        self.released += 1


def test_judges_each_check_by_its_own_query(tmp_path: Path) -> None:
    critical, usual = load_product(write_product(tmp_path)).expectations
    told: list[CheckFinished] = []
    engine = Engine({"SELECT 1": (0, 2, 10, None), "SELECT 2": (1, None, 10, "10")})
    failed, passed = judge(engine, [critical, usual], told.append)
    assert (failed.status, failed.failing_rows, failed.rows_checked, failed.unmet) == ("failed", 2, 10, True)
    assert (passed.status, passed.failing_rows, passed.observed, passed.unmet) == (
        "passed",
        None,
        "10",
        False,
    )
    assert told == [failed, passed]
    assert score(told) == 25
    assert closed_gates(told, {"thresholds": {"min_score": 50}, "gates": {"gold": 20, "silver": 100}}) == [
        "The quality score of the product is 25.0, below 50."
    ]


def test_a_check_that_the_engine_refuses_keeps_no_other_from_being_judged(tmp_path: Path) -> None:
    critical, usual = load_product(write_product(tmp_path)).expectations
    engine = Engine({"SELECT 2": (1, None, 10, None)})
    refused, passed = judge(engine, [critical, usual], lambda _: None)
    assert (refused.status, refused.unmet) == ("error", True)
    assert "no such column" in (refused.message or "")
    assert (passed.status, passed.observed) == ("passed", "no value")
    assert engine.released == 1


def test_a_check_without_a_query_is_an_error(tmp_path: Path) -> None:
    folder = write_product(tmp_path)
    product = load_product(folder)
    product.floe["expectations"][0]["sql"] = None
    (result, _) = judge(Engine({"SELECT 2": (1, None, 1, "1")}), product.expectations, lambda _: None)
    assert (result.status, result.unmet) == ("error", True)
    assert "SQL of duckdb" in (result.message or "")


@pytest.mark.parametrize("enabled", [True, False])
def test_checks_can_be_switched_off(tmp_path: Path, enabled: bool) -> None:
    product = load_product(write_product(tmp_path))
    product.floe["quality"]["enabled"] = enabled
    assert len(product.expectations) == (2 if enabled else 0)
