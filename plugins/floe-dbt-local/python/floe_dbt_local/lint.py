"""sqlfluff over a dbt project, in a process of its own: its dbt templater takes dbt over for good."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from floe_worker import FloeError, method

from floe_dbt_local.profile import output_of, profile_name

_FOLDERS = {
    "model-paths": "models",
    "snapshot-paths": "snapshots",
    "test-paths": "tests",
    "analysis-paths": "analyses",
}
_DIALECTS = {"spark": "sparksql"}


@method
def lint(project: dict[str, Any], fix: bool = False, templater: str | None = None) -> dict[str, Any]:
    """Lint the project's SQL; with `fix`, mend what can be mended first."""
    root = Path(project["projectDir"])
    paths = _paths(root)
    if not paths:
        return {"issues": [], "filesChecked": 0, "fixed": 0}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / ".sqlfluff"
        config.write_text(_config(project, root, templater), encoding="utf-8")
        before = _lint(paths, config, project)
        if not fix or not before["issues"]:
            return {**before, "fixed": 0}
        _run(["fix", "--disable-progress-bar", "--quiet", "--config", str(config), *paths], project)
        after = _lint(paths, config, project)
    return {**after, "fixed": len(before["issues"]) - len(after["issues"])}


def _lint(paths: list[str], config: Path, project: dict[str, Any]) -> dict[str, Any]:
    output = _run(
        ["lint", "--format", "json", "--disable-progress-bar", "--config", str(config), *paths], project
    )
    try:
        files = json.loads(output)
    except json.JSONDecodeError as error:
        raise FloeError("DBT.LINT_FAILED", "sqlfluff's answer can't be read.", why=output[-1000:]) from error
    issues = [
        {
            "file": file["filepath"],
            "line": max(1, violation.get("start_line_no") or 1),
            "column": max(1, violation.get("start_line_pos") or 1),
            "rule": violation["code"],
            "message": violation["description"],
            "severity": "warning" if violation.get("warning") else "error",
            "fixable": bool(violation.get("fixes")),
        }
        for file in files
        for violation in file["violations"]
    ]
    return {"issues": issues, "filesChecked": len(files)}


def _run(arguments: list[str], project: dict[str, Any]) -> str:
    environment = {**os.environ, **(project.get("env") or {}), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "sqlfluff", *arguments],
        cwd=project["projectDir"],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    # 1 means that something was found, or couldn't be mended.
    if done.returncode not in {0, 1}:
        raise FloeError(
            "DBT.LINT_FAILED",
            "sqlfluff failed.",
            why=(done.stderr or done.stdout).strip()[-1000:],
            next=["Check the project's .sqlfluff file."],
        )
    return done.stdout


def _paths(root: Path) -> list[str]:
    project = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8")) or {}
    folders = [folder for key, usual in _FOLDERS.items() for folder in project.get(key) or [usual]]
    return [folder for folder in dict.fromkeys(folders) if any((root / folder).rglob("*.sql"))]


def _config(project: dict[str, Any], root: Path, templater: str | None) -> str:
    """Set the dialect, which follows from the profile; and the templater, unless the project has settings."""
    name = profile_name(project)
    adapter = output_of(project)["type"]
    own = (root / ".sqlfluff").is_file()
    chosen = templater or (None if own else "jinja")
    lines = ["[sqlfluff]", f"dialect = {_DIALECTS.get(adapter, adapter)}"]
    if chosen is not None:
        lines.append(f"templater = {chosen}")
    lines += [
        "[sqlfluff:templater:dbt]",
        f"project_dir = {root}",
        f"profiles_dir = {project['profilesDir']}",
        f"profile = {name}",
        f"target = {project['target']}",
    ]
    return "\n".join(lines) + "\n"
