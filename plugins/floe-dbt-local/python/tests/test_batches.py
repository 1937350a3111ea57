from __future__ import annotations

from types import SimpleNamespace

import pytest

from floe_dbt_local.batches import iceberg_databases, run_in_turn


@pytest.mark.parametrize(
    ("database", "strategy", "given", "then"),
    [
        ("lake", "microbatch", None, False),
        ("LAKE", "microbatch", None, False),
        ("lake", "microbatch", True, True),
        ("lake", "append", None, None),
        ("memory", "microbatch", None, None),
        (None, "microbatch", None, None),
    ],
)
def test_batches_in_a_catalog_run_in_turn(
    database: str | None, strategy: str, given: bool | None, then: bool | None
) -> None:
    config = SimpleNamespace(incremental_strategy=strategy, concurrent_batches=given)
    run_in_turn([SimpleNamespace(database=database, config=config)], {"lake"})
    assert config.concurrent_batches is then


def test_catalogs_are_what_the_profile_attaches() -> None:
    attached = [
        {"path": "wh", "alias": "Lake", "type": "iceberg"},
        {"path": "dim.duckdb", "alias": "dim"},
        {"path": "other", "type": "iceberg"},
    ]
    assert iceberg_databases({"type": "duckdb", "attach": attached}) == {"lake"}
    assert iceberg_databases({"type": "snowflake"}) == set()
