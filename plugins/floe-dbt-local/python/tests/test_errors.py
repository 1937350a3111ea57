"""What dbt says, and the place that floe makes of it. The messages are those of dbt-core 1.12.6."""

from __future__ import annotations

from pathlib import Path

import pytest

from floe_dbt_local.errors import clean, locked, meant, place_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "orders.sql").write_text("select *\nfrom\n{{ ref('nowhere') }}\n")
    (tmp_path / "models" / "schema.yml").write_text("models:\n")
    return tmp_path


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (
            "Compilation Error in model orders (models/orders.sql)\n  Expected an expression\n    line 2\n",
            {"file": "models/orders.sql", "line": 2},
        ),
        (
            "Model 'model.shop.orders' (models/orders.sql) depends on a node named 'nowhere' "
            "which was not found",
            {"file": "models/orders.sql", "line": 3},
        ),
        (
            "Error reading shop: schema.yml - Runtime Error\n  Syntax error near line 1",
            {"file": "models/schema.yml", "line": 1},
        ),
    ],
)
def test_a_place_is_found(project: Path, message: str, place: dict[str, object]) -> None:
    assert place_of(message, project) == place


def test_no_place_is_made_up(project: Path) -> None:
    assert place_of("Something in models/gone.sql", project) is None


@pytest.mark.parametrize(
    ("name", "suggestions"), [("ordres", ['Did you mean "orders"?']), ("payments", []), ("orders", [])]
)
def test_a_mistyped_reference_is_told_what_it_may_stand_for(
    project: Path, name: str, suggestions: list[str]
) -> None:
    message = f"Model 'model.shop.x' (models/x.sql) depends on a node named '{name}' which was not found"
    assert meant(message, project) == suggestions


def test_a_lock_names_its_holder() -> None:
    error = locked('IO Error: Could not set lock on file "x": Conflicting lock is held in python (PID 4711).')
    assert error.code == "COMPUTE.LOCKED"
    assert error.next == ["Wait for process 4711 to end, or end it: kill 4711"]


def test_colours_go() -> None:
    assert clean("\x1b[31mError\x1b[0m\n\n  why  \n") == "Error\n  why"
