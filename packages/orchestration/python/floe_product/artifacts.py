"""`compiled_artifacts.json`: what a product is, found and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from floe_product.errors import ProductError
from floe_product.expectations import Expectation, read_expectation
from floe_product.state import state_dir

FILE = "compiled_artifacts.json"
KNOWN_VERSION = (0, 16)
"""Major and minor of the newest format that is understood here."""
KNOWN_FORMAT = 1
"""The newest form of what stands below the key `floe`."""


@dataclass(frozen=True)
class Product:
    """A compiled product in its folder."""

    dir: Path
    name: str
    version: str
    artifacts: Mapping[str, Any]

    @property
    def floe(self) -> Mapping[str, Any]:
        """What floe adds to the format: all that a scheduler needs."""
        return self.artifacts["floe"]

    @property
    def slug(self) -> str:
        """The name in letters, digits and underscores."""
        return re.sub(r"[^A-Za-z0-9_]", "_", self.name)

    @property
    def dbt_project_dir(self) -> Path:
        return self.dir / self.floe["dbt"]["project_dir"]

    @property
    def manifest_path(self) -> Path:
        return self.dbt_project_dir / self.floe["dbt"]["target_path"] / "manifest.json"

    @property
    def models(self) -> Mapping[str, Mapping[str, Any]]:
        """By dbt's unique id."""
        return self.floe["models"]

    @property
    def sources(self) -> list[Mapping[str, Any]]:
        """What ingestion loads."""
        return (self.floe.get("ingestion") or {}).get("sources") or []

    @property
    def schedule(self) -> Mapping[str, Any] | None:
        """`cron`, `timezone`, `enabled`; None without a cron."""
        schedule = self.floe.get("schedule")
        return schedule if schedule and schedule.get("cron") else None

    @cached_property
    def expectations(self) -> list[Expectation]:
        quality = self.floe["quality"]
        if not quality["enabled"]:
            return []
        return [read_expectation(one, quality["weights"]) for one in self.floe["expectations"]]

    @cached_property
    def state_dir(self) -> Path:
        """A folder that can be written to, for cursors, events that wait, and what dbt writes."""
        return state_dir(self.dir, self.slug)


def load_product(directory: str | Path, name: str | None = None) -> Product:
    """Read the artifacts of the product in a folder. Fast: one JSON file, nothing imported.

    Raises `ProductError`: `ARTIFACTS.INVALID`, `ARTIFACTS.VERSION`.
    """
    folder = Path(directory).absolute()
    file = folder / FILE
    try:
        artifacts = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProductError(
            "ARTIFACTS.INVALID",
            f"There is no {FILE} in {folder}.",
            why="The product wasn't compiled, or its folder isn't where the orchestrator looks.",
            next=["floe compile", "Copy the product's folder whole: compiled files and dbt project."],
        ) from None
    except (ValueError, OSError) as error:
        raise ProductError(
            "ARTIFACTS.INVALID", f"{file} can't be read.", why=str(error), next=["floe compile"]
        ) from None
    _check_version(artifacts, file)
    _check_content(artifacts, file)
    metadata = artifacts["metadata"]
    if name is not None and metadata["product_name"] != name:
        raise ProductError(
            "ARTIFACTS.INVALID",
            f"{file} is of the product {metadata['product_name']}, not {name}.",
            next=["Correct the name or the folder where the product is loaded, or compile it again."],
        )
    return Product(folder, metadata["product_name"], metadata["product_version"], artifacts)


def _check_version(artifacts: Any, file: Path) -> None:
    version = artifacts.get("version") if isinstance(artifacts, dict) else None
    if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ProductError(
            "ARTIFACTS.INVALID",
            f"{file} isn't a compiled product.",
            why="It has no version.",
            next=["floe compile"],
        )
    major, minor, _ = map(int, version.split("."))
    if (major, minor) > KNOWN_VERSION:
        known = ".".join(map(str, KNOWN_VERSION))
        raise ProductError(
            "ARTIFACTS.VERSION",
            f"{file} is of version {version}, and this package knows versions up to {known}.",
            next=["Update floe's Python package in the orchestrator's environment."],
        )


def _check_content(artifacts: Mapping[str, Any], file: Path) -> None:
    floe = artifacts.get("floe")
    if not isinstance(floe, dict) or "waves" not in floe:
        raise ProductError(
            "ARTIFACTS.INVALID",
            f"{file} doesn't say what an orchestrator needs to know.",
            why="It was compiled by an older floe, or with --without-extensions.",
            next=["floe compile"],
        )
    if not isinstance(floe.get("format"), int) or floe["format"] > KNOWN_FORMAT:
        raise ProductError(
            "ARTIFACTS.VERSION",
            f"{file} was written by a newer floe.",
            why=f"Its form is {floe.get('format')}, and this package knows {KNOWN_FORMAT}.",
            next=["Update floe's Python package in the orchestrator's environment."],
        )
    for path in (
        "metadata.product_name",
        "metadata.product_version",
        "dbt_profiles",
        "floe.dbt.project_dir",
        "floe.dbt.profile",
        "floe.dbt.target",
        "floe.dbt.target_path",
        "floe.models",
        "floe.expectations",
        "floe.quality.weights",
        "floe.lineage.nodes",
    ):
        value: Any = artifacts
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            raise ProductError("ARTIFACTS.INVALID", f"{file} has no {path}.", next=["floe compile"])
