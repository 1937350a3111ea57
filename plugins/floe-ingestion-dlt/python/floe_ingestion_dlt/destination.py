"""Where rows go: what dbt's profile says of the engine, as a dlt destination."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from floe_ingestion_dlt.errors import IngestionError

_ENV_VAR = re.compile(r"\{\{\s*env_var\(\s*['\"]([^'\"]+)['\"]\s*(?:,\s*['\"]([^'\"]*)['\"]\s*)?\)\s*\}\}")


def create_destination(connection: Any) -> Any:
    """Make dlt's destination of an open database, whose settings it looks up only once.

    dlt does so whenever it asks what the destination can do, twenty times for each source: a fifth of what
    loading a small one costs. The settings hold on to the connection, which whoever opened it closes.
    """
    import dlt

    destination = dlt.destinations.duckdb(credentials=connection)
    config = destination.configuration(destination.spec(), accept_partial=True)
    capabilities = destination.capabilities
    destination.capabilities = lambda given=None, naming=None: capabilities(given or config, naming)
    return destination


def database_file(output: Mapping[str, Any], project_dir: Path, env: Mapping[str, str]) -> Path:
    """Find the file of a dbt output, relative to the product; its folder is made where it lies within."""
    kind = output["type"]
    if kind != "duckdb":
        raise IngestionError(
            "CONFIG.INVALID_VALUE",
            f"dlt can't load into {kind} here.",
            why="This plugin loads into DuckDB.",
            next=["Choose plugins.compute.type: duckdb, or another ingestion plugin."],
        )
    path = resolve(str(output.get("path") or ":memory:"), env)
    if path == ":memory:":
        raise IngestionError(
            "CONFIG.INVALID_VALUE",
            "Rows can't be loaded into a DuckDB in memory.",
            why="What one process loads there, no other sees.",
            next=["Give plugins.compute.config.path in manifest.yaml a file."],
        )
    file = project_dir / path
    if project_dir in file.resolve().parents:
        file.parent.mkdir(parents=True, exist_ok=True)
    return file


def resolve(text: str, env: Mapping[str, str]) -> str:
    """Fill in what the profile leaves to the environment."""

    def value(match: re.Match[str]) -> str:
        found = env.get(match[1]) or os.environ.get(match[1]) or match[2]
        if found is None:
            raise IngestionError(
                "SECRET.NOT_FOUND",
                f"The environment variable {match[1]} isn't set.",
                next=[f"Set the environment variable {match[1]}."],
            )
        return found

    return _ENV_VAR.sub(value, text)


def storage_of(config: Mapping[str, Any]) -> dict[str, str]:
    """Say how the platform's storage is opened, by PyIceberg's properties."""
    env = config.get("env") or {}
    return {key: resolve(str(value), env) for key, value in (config.get("storageProperties") or {}).items()}
