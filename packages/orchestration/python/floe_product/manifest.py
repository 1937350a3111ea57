"""dbt's manifest of a product: found, made where it is missing, and held against the artifacts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from floe_product.artifacts import Product
from floe_product.errors import ProductError


def ensure_manifest(product: Product) -> Path:
    """Find the manifest, or let dbt parse the project, which needs no database.

    Raises `ProductError`: `DBT.ARTIFACT_MISSING` where dbt can't, `ARTIFACTS.INVALID` for another product's.
    """
    found = product.manifest_path
    own = product.state_dir / "target" / "manifest.json"
    if not found.exists():
        if not own.exists():
            _parse(product)
        found = own if own.exists() else found
    return found


def read_manifest(product: Product) -> Mapping[str, Any]:
    """Read it whole. Raises as `ensure_manifest`."""
    file = ensure_manifest(product)
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ProductError(
            "DBT.ARTIFACT_MISSING", f"{file} can't be read.", why=str(error), next=["floe compile"]
        ) from None
    check_manifest(product, manifest, file)
    return manifest


def check_manifest(product: Product, manifest: Mapping[str, Any], file: Path) -> None:
    """Refuse a manifest that isn't of this product's dbt project, or not of the state that was compiled."""
    project = (manifest.get("metadata") or {}).get("project_name")
    expected = product.floe["dbt"].get("project_name")
    if expected is not None and project != expected:
        raise ProductError(
            "ARTIFACTS.INVALID",
            f"{file} is of the dbt project {project}, not {expected}.",
            why=f"{product.name} was compiled from {expected}.",
            next=["floe compile"],
        )
    missing = sorted(set(product.models) - set(manifest.get("nodes") or {}))
    if missing:
        raise ProductError(
            "ARTIFACTS.INVALID",
            f"{file} and {product.dir / 'compiled_artifacts.json'} weren't made together.",
            why=f"The manifest has no {missing[0]}.",
            next=["floe compile"],
        )


def _parse(product: Product) -> None:
    remedy = [f"cd {product.dbt_project_dir} && dbt parse", "floe compile"]
    try:
        from floe_product.dbt import Dbt
    except ImportError as error:
        raise ProductError(
            "DBT.ARTIFACT_MISSING",
            f"dbt hasn't parsed {product.name}: there is no {product.manifest_path}.",
            why=f"It can't be parsed here: {error}",
            next=remedy,
        ) from None
    try:
        Dbt(product).parse()
    except ProductError as error:
        raise ProductError(
            "DBT.ARTIFACT_MISSING",
            f"There is no {product.manifest_path}, and dbt can't parse {product.name}.",
            why=error.why or error.summary,
            next=remedy,
        ) from None
