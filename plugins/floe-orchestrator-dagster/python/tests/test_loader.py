"""A compiled product as Dagster's definitions: no dbt, no database, only what was compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from compiled import MANIFEST, ORDERS, RAW_ORDERS, TOTALS, load
from dagster import DefaultScheduleStatus
from floe_product import ProductError


def test_an_asset_for_each_source_and_model_in_dbts_graph(tmp_path: Path) -> None:
    graph = load(tmp_path).get_repository_def().asset_graph
    assert graph.get_all_asset_keys() == {RAW_ORDERS, ORDERS, TOTALS}
    assert graph.get(ORDERS).parent_keys == {RAW_ORDERS}
    assert graph.get(TOTALS).parent_keys == {ORDERS}


def test_names_tier_tags_and_owner(tmp_path: Path) -> None:
    graph = load(tmp_path, floe__owner="data@example.com").get_repository_def().asset_graph
    orders = graph.get(ORDERS)
    assert orders.group_name == "gold"
    assert orders.owners == ["data@example.com"]
    assert {"daily", "floe/product"} <= set(orders.tags)
    assert orders.tags["floe/product"] == "shop"
    assert graph.get(RAW_ORDERS).group_name == "ingestion"
    assert graph.get(RAW_ORDERS).metadata["source"] == "orders"


def test_an_owner_without_an_address_is_a_team(tmp_path: Path) -> None:
    graph = load(tmp_path, floe__owner="sales").get_repository_def().asset_graph
    assert graph.get(RAW_ORDERS).owners == ["team:sales"]


def test_dbts_tests_and_floes_expectations_are_checks(tmp_path: Path) -> None:
    graph = load(tmp_path).get_repository_def().asset_graph
    keys = {check for check in graph.asset_check_keys if check.asset_key == ORDERS}
    assert {key.name for key in keys} == {"unique_id", "an_id_always", "some"}
    # As a dbt test of severity error does, a critical expectation stops what depends on the table.
    assert {key.name for key in keys if graph.get(key).blocking} == {"unique_id", "an_id_always"}


def test_checks_of_one_name_are_told_apart(tmp_path: Path) -> None:
    one = {
        "model": "model.shop.orders",
        "critical": False,
        "tier": "gold",
        "type": "not_null",
        "column": "id",
        "severity": "warn",
        "class": "standard",
        "sql": "SELECT 1",
    }
    expectations = [{**one, "name": "an id!"}, {**one, "name": "an id?"}]
    graph = load(tmp_path, floe__expectations=expectations).get_repository_def().asset_graph
    assert len([check for check in graph.asset_check_keys if check.asset_key == ORDERS]) == 3


def test_the_schedule_has_its_timezone_and_is_on(tmp_path: Path) -> None:
    schedule = {"cron": "0 6 * * *", "timezone": "Europe/Berlin", "enabled": True}
    (found,) = load(tmp_path, floe__schedule=schedule).schedules or ()
    assert (found.cron_schedule, found.execution_timezone) == ("0 6 * * *", "Europe/Berlin")
    assert found.default_status is DefaultScheduleStatus.RUNNING
    assert found.job_name == "shop"


@pytest.mark.parametrize("schedule", [None, {"cron": "0 6 * * *", "timezone": "UTC", "enabled": False}])
def test_no_schedule_where_there_is_none_or_it_is_off(tmp_path: Path, schedule: Any) -> None:
    assert not load(tmp_path, floe__schedule=schedule).schedules


def test_retries_as_the_manifest_has_them(tmp_path: Path) -> None:
    options = {"retries": 3, "retry_delay_seconds": 5, "retry_backoff": "exponential"}
    definitions = load(tmp_path, floe__orchestrator=options)
    policies = {asset.op.retry_policy for asset in definitions.assets or ()}
    (policy,) = policies
    assert (policy.max_retries, policy.delay, policy.backoff.value) == (3, 5, "EXPONENTIAL")


def test_a_product_of_nothing_is_refused(tmp_path: Path) -> None:
    empty = {**MANIFEST, "nodes": {}, "sources": {}}
    with pytest.raises(ProductError) as error:
        load(tmp_path, empty, floe__models={}, floe__ingestion=None, floe__expectations=[])
    assert error.value.code == "ARTIFACTS.INVALID"


def test_a_manifest_of_another_project_is_refused(tmp_path: Path) -> None:
    other = {**MANIFEST, "metadata": {**MANIFEST["metadata"], "project_name": "stock"}}
    with pytest.raises(ProductError) as error:
        load(tmp_path, other)
    assert error.value.code == "ARTIFACTS.INVALID"
    assert "stock" in error.value.summary
