"""What counts as a change of a project."""

from __future__ import annotations

from pathlib import Path

from floe_dbt_local.snapshot import snapshot


def test_a_changed_a_new_and_a_removed_file_are_seen(tmp_path: Path) -> None:
    model = tmp_path / "models" / "a.sql"
    model.parent.mkdir()
    model.write_text("select 1")
    before = snapshot(tmp_path)
    assert snapshot(tmp_path) == before
    model.write_text("select 22")
    assert snapshot(tmp_path) != before
    model.write_text("select 1")
    (tmp_path / "models" / "b.sql").write_text("select 1")
    assert set(snapshot(tmp_path)) - set(before)


def test_what_dbt_writes_is_no_change(tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "x.sql").write_text("select 1")
    assert snapshot(tmp_path) == before
