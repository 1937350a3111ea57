from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import write_product

from floe_product import ProductError, load_product
from floe_product.manifest import check_manifest, read_manifest
from floe_product.state import state_dir


def _refusal(folder: Path, name: str | None = None) -> ProductError:
    with pytest.raises(ProductError) as caught:
        load_product(folder, name)
    return caught.value


def test_reads_a_product_from_a_path_with_spaces(tmp_path: Path) -> None:
    folder = write_product(tmp_path / "my products" / "ein Kaufladen")
    product = load_product(folder, "shop")
    assert (product.name, product.dir, product.schedule) == ("shop", folder, None)
    assert product.manifest_path == folder / "target" / "manifest.json"
    critical, usual = product.expectations
    assert (critical.id, critical.critical, critical.weight) == ("an_id_always", True, 3)
    assert (usual.id, usual.expected, usual.weight) == ("some", "between 1 and infinity", 1)


def test_says_what_to_do_where_nothing_was_compiled(tmp_path: Path) -> None:
    error = _refusal(tmp_path)
    assert error.code == "ARTIFACTS.INVALID"
    assert "floe compile" in str(error)


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"version": "0.17.0"}, "ARTIFACTS.VERSION", "knows versions up to 0.16"),
        ({"version": "1.0.0"}, "ARTIFACTS.VERSION", "1.0.0"),
        ({"version": None}, "ARTIFACTS.INVALID", "no version"),
        ({"floe": None}, "ARTIFACTS.INVALID", "--without-extensions"),
        ({"floe__waves": None}, "ARTIFACTS.INVALID", "older floe"),
        ({"floe__format": 2}, "ARTIFACTS.VERSION", "newer floe"),
        ({"floe__models": None}, "ARTIFACTS.INVALID", "floe.models"),
        ({"dbt_profiles": None}, "ARTIFACTS.INVALID", "dbt_profiles"),
    ],
)
def test_refuses_what_it_would_misunderstand(
    tmp_path: Path, changes: dict[str, Any], code: str, words: str
) -> None:
    error = _refusal(write_product(tmp_path, **changes))
    assert error.code == code
    assert words in str(error)
    assert error.next


def test_refuses_another_product(tmp_path: Path) -> None:
    error = _refusal(write_product(tmp_path), "orders")
    assert error.code == "ARTIFACTS.INVALID"
    assert "shop, not orders" in str(error)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 3}'])
def test_refuses_what_is_no_product_at_all(tmp_path: Path, text: str) -> None:
    (tmp_path / "compiled_artifacts.json").write_text(text)
    assert _refusal(tmp_path).code == "ARTIFACTS.INVALID"


def test_imports_nothing_heavy(tmp_path: Path) -> None:
    """An orchestrator reads a product each time it looks for changes."""
    write_product(tmp_path)
    program = (
        "import sys; from floe_product import load_product; load_product(sys.argv[1]).expectations; "
        "print([name for name in ('dbt', 'dlt', 'duckdb', 'requests', 'urllib.request', 'ssl', 'asyncio')"
        " if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "[]"


def test_refuses_the_manifest_of_another_project(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    manifest = {"metadata": {"project_name": "hotel"}, "nodes": {"model.shop.orders": {}}}
    with pytest.raises(ProductError, match="of the dbt project hotel, not shop"):
        check_manifest(product, manifest, product.manifest_path)
    stale = {"metadata": {"project_name": "shop"}, "nodes": {}}
    with pytest.raises(ProductError, match="weren't made together"):
        check_manifest(product, stale, product.manifest_path)


def test_says_how_to_parse_where_dbt_cannot_be_had(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    with pytest.raises(ProductError, match="dbt parse") as caught:
        read_manifest(product)
    assert caught.value.code == "DBT.ARTIFACT_MISSING"


def test_refuses_a_manifest_that_was_cut_off(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    product.manifest_path.parent.mkdir()
    product.manifest_path.write_text('{"nodes": ')
    with pytest.raises(ProductError, match="can't be read"):
        read_manifest(product)
    product.manifest_path.write_text(
        json.dumps({"metadata": {"project_name": "shop"}, "nodes": {"model.shop.orders": {}}})
    )
    assert "model.shop.orders" in read_manifest(product)["nodes"]


def test_remembers_elsewhere_where_the_product_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FLOE_STATE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write_product(tmp_path / "product")
    assert state_dir(folder, "shop") == folder / ".floe"
    # A file in its place can't be written to either, not even by root.
    (folder / ".floe").rmdir()
    (folder / ".floe").write_text("")
    assert (tmp_path / "cache") in state_dir(folder, "shop").parents
    monkeypatch.setenv("FLOE_STATE_DIR", str(tmp_path / "state"))
    assert state_dir(folder, "shop") == tmp_path / "state" / "shop"
