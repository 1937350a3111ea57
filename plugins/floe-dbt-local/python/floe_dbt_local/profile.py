"""What the profile says that dbt is run with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def output_of(project: dict[str, Any]) -> dict[str, Any]:
    """Give the output that a project's profile and target select."""
    profiles = yaml.safe_load((Path(project["profilesDir"]) / "profiles.yml").read_text(encoding="utf-8"))
    return profiles[profile_name(project)]["outputs"][project["target"]]


def profile_name(project: dict[str, Any]) -> str:
    """Give the profile's name: the one that is asked for, else the project's own."""
    if project.get("profile"):
        return project["profile"]
    own = yaml.safe_load((Path(project["projectDir"]) / "dbt_project.yml").read_text(encoding="utf-8"))
    return own["profile"]
