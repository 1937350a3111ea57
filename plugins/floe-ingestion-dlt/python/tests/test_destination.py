"""Where rows go."""

from __future__ import annotations

from pathlib import Path

import pytest

from floe_ingestion_dlt.destination import database_file, resolve
from floe_ingestion_dlt.errors import IngestionError


def test_a_file_is_relative_to_the_product_and_its_folder_is_made(tmp_path: Path) -> None:
    file = database_file({"type": "duckdb", "path": ".floe/shop.duckdb"}, tmp_path, {})
    assert file == tmp_path / ".floe" / "shop.duckdb"
    assert file.parent.is_dir()


def test_the_environment_fills_in_what_the_profile_leaves_open() -> None:
    assert resolve("a/{{ env_var('FLOE_X') }}/b", {"FLOE_X": "x"}) == "a/x/b"
    assert resolve("{{ env_var('FLOE_NOWHERE', 'usual') }}", {}) == "usual"
    with pytest.raises(IngestionError) as caught:
        resolve("{{ env_var('FLOE_NOWHERE') }}", {})
    assert caught.value.code == "SECRET.NOT_FOUND"


def test_what_cant_be_loaded_into_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestionError) as memory:
        database_file({"type": "duckdb", "path": ":memory:"}, tmp_path, {})
    with pytest.raises(IngestionError) as other:
        database_file({"type": "snowflake"}, tmp_path, {})
    assert [memory.value.code, other.value.code] == ["CONFIG.INVALID_VALUE"] * 2
