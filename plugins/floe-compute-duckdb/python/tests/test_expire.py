from __future__ import annotations

from dataclasses import dataclass

import pytest

from floe_compute_duckdb.expire import expirable


@dataclass
class Snapshot:
    snapshot_id: int
    timestamp_ms: int


HISTORY = [Snapshot(number, number * 100) for number in range(1, 6)]
ANCESTORS = [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("keep", "oldest", "referenced", "going"),
    [
        (1, 1000, [5], [1, 2, 3, 4]),
        (2, 1000, [5], [1, 2, 3]),
        (1, 300, [5], [1, 2]),
        (1, 1000, [5, 2], [1, 3, 4]),
        (9, 1000, [5], []),
        (1, 0, [5], []),
        # Never the current one, whatever is asked.
        (0, 1000, [], [1, 2, 3, 4]),
    ],
)
def test_what_goes_is_old_and_neither_new_enough_nor_named(
    keep: int, oldest: int, referenced: list[int], going: list[int]
) -> None:
    assert expirable(HISTORY, ANCESTORS, referenced, keep, oldest) == going


def test_what_is_not_of_the_current_history_goes_by_age_alone() -> None:
    abandoned = Snapshot(6, 50)
    assert expirable([*HISTORY, abandoned], ANCESTORS, [5], 5, 1000) == [6]
