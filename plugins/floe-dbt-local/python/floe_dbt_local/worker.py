"""dbt commands for floe, in one process: dbt is imported once, and parsed projects are kept."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# dbt and its libraries are half of a command's time: imported while floe does other things.
import dbt.adapters.factory as adapters
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import CompiledNode
from floe_worker import FloeError, method, progress

import floe_dbt_local.lint  # noqa: F401 - registers its function
from floe_dbt_local import full_names
from floe_dbt_local.batches import iceberg_databases, run_in_turn
from floe_dbt_local.errors import floe_error
from floe_dbt_local.held import HeldOpen
from floe_dbt_local.profile import output_of
from floe_dbt_local.snapshot import Snapshot, snapshot

# A command makes hundreds of thousands of objects that stay, and little rubbish: at Python's usual threshold,
# looking through them again and again takes a tenth of its time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)

_NODE_TYPES = ("model", "seed", "snapshot", "test", "unit_test")
_QUIET = ["--quiet", "--log-level", "none", "--log-level-file", "none", "--no-use-colors", "--no-print"]

# What was parsed last, and what it was parsed from. dbt takes a manifest as it is: it doesn't look whether
# the project has changed since.
Parsed = tuple[tuple[object, ...], Snapshot, Manifest]
_parsed: Parsed | None = None
_held = HeldOpen()
full_names.install()


@method
def command(
    name: str,
    project: dict[str, Any],
    options: dict[str, Any] | None = None,
    vars: str | None = None,  # noqa: A002 - dbt's own name
) -> dict[str, Any]:
    """Run one dbt command on a project. What fails in a node is in `run_results.json`, not raised."""
    options = options or {}
    project_dir = Path(project["projectDir"])
    arguments = [name, *_QUIET, *_project_arguments(project), *_options(name, options)]
    if vars is not None:
        arguments += ["--vars", vars]
    with _environment(project):
        _install_packages(project, project_dir)
        result = _invoke(arguments, project, vars)
    outcome = result.result
    failed_to_run = result.exception is not None or (not result.success and outcome is None)
    if failed_to_run:
        raise floe_error(result.exception or RuntimeError("dbt gave no reason"), project_dir)
    if name == "list":
        return {"nodes": [json.loads(node)["unique_id"] for node in outcome or []]}
    if name == "compile":
        _raise_first_failure(outcome, project_dir)
    return {"success": bool(result.success)}


@method
def versions() -> dict[str, str]:
    """Versions of dbt and of the adapters that are installed."""
    found = {
        dist.metadata["Name"]: dist.version
        for dist in importlib.metadata.distributions()
        if (dist.metadata["Name"] or "").startswith("dbt-")
    }
    core = {"dbt-core", "dbt-common", "dbt-adapters", "dbt-extractor", "dbt-protos"}
    adapter = next(((name, version) for name, version in sorted(found.items()) if name not in core), ("", ""))
    return {"dbt_version": found["dbt-core"], "adapter": adapter[0], "adapter_version": adapter[1]}


@method
def warm(project: dict[str, Any], vars: str | None = None) -> None:  # noqa: A002 - dbt's own name
    """Parse before the first command is there: it takes a second, and needs no database."""
    global _parsed
    with _environment(project):
        _install_packages(project, Path(project["projectDir"]))
        parsed = _parse(project, vars)
    # What can't be parsed, the first command says.
    _parsed = None if isinstance(parsed, dbtRunnerResult) else parsed


def _invoke(arguments: list[str], project: dict[str, Any], vars: str | None) -> Any:  # noqa: A002
    global _parsed
    try:
        parsed = _parse(project, vars)
        if isinstance(parsed, dbtRunnerResult):
            return parsed
        # A command that fails half-way leaves a manifest that nobody should trust.
        _parsed = None
        _forget_compiled(parsed[2])
        result = dbtRunner(manifest=parsed[2], callbacks=[_tell]).invoke(arguments)
        _parsed = parsed
        return result
    finally:
        _close_connections()


def _parse(project: dict[str, Any], vars: str | None) -> Parsed | dbtRunnerResult:  # noqa: A002
    """Give the parsed project: the last one where nothing changed. Where dbt can't, its answer."""
    key: tuple[object, ...] = (project["projectDir"], project["profilesDir"], project.get("profile"))
    key += (project["target"], vars, tuple(sorted((project.get("env") or {}).items())))
    before = snapshot(Path(project["projectDir"]), Path(project["profilesDir"]))
    if _parsed is not None and _parsed[:2] == (key, before):
        return _parsed
    # Without the artefacts of a parse, which those of the command itself replace at once.
    arguments = ["--no-write-json", *_project_arguments(project), *_vars(vars)]
    result = dbtRunner().invoke(["parse", *_QUIET, *arguments])
    if not result.success or not isinstance(result.result, Manifest):
        return result
    run_in_turn(result.result.nodes.values(), iceberg_databases(output_of(project)))
    return key, before, result.result


def _forget_compiled(manifest: Manifest) -> None:
    """Undo what the last command left in the nodes: dbt wouldn't put ephemeral models into them again."""
    for node in manifest.nodes.values():
        if isinstance(node, CompiledNode) and node.compiled:
            node.compiled = False
            node.compiled_code = None
            node.extra_ctes_injected = False
            node.extra_ctes = []


def _vars(vars: str | None) -> list[str]:  # noqa: A002
    return [] if vars is None else ["--vars", vars]


def _project_arguments(project: dict[str, Any]) -> list[str]:
    profile = project.get("profile")
    return [
        "--project-dir",
        project["projectDir"],
        "--profiles-dir",
        project["profilesDir"],
        "--target",
        project["target"],
        "--log-path",
        str(Path(project["projectDir"]) / "target"),
        *([] if profile is None else ["--profile", profile]),
    ]


def _options(name: str, options: dict[str, Any]) -> list[str]:
    """dbt's words for the options; `compile` and `list` take fewer."""
    arguments: list[str] = []
    for key in ("select", "exclude"):
        if options.get(key):
            arguments += [f"--{key}", *str(options[key]).split()]
    if options.get("indirectSelection"):
        arguments += ["--indirect-selection", options["indirectSelection"]]
    if options.get("fullRefresh") and name in {"run", "build"}:
        arguments.append("--full-refresh")
    if name == "list":
        types = [word for kind in _NODE_TYPES for word in ("--resource-type", kind)]
        arguments += ["--output", "json", "--output-keys", "unique_id", *types]
    return arguments


@contextlib.contextmanager
def _environment(project: dict[str, Any]) -> Iterator[None]:
    """Secrets for `env_var()` and the working directory, for one command."""
    before, cwd = dict(os.environ), Path.cwd()
    os.environ.update(project.get("env") or {})
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.environ["DBT_USE_COLORS"] = "false"
    try:
        os.chdir(project.get("workingDir") or project["projectDir"])
        yield
    finally:
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(before)


def _install_packages(project: dict[str, Any], project_dir: Path) -> None:
    """Do what `dbt deps` does, once: a fresh checkout has no packages."""
    declared = [name for name in ("packages.yml", "dependencies.yml") if (project_dir / name).is_file()]
    if not declared or (project_dir / "dbt_packages").exists():
        return
    if not any("packages:" in (project_dir / name).read_text(encoding="utf-8") for name in declared):
        return
    result = dbtRunner().invoke(["deps", *_QUIET, *_project_arguments(project)])
    if not result.success:
        raise FloeError(
            "DBT.FAILED",
            "The packages of the dbt project can't be installed.",
            why=str(result.exception or "dbt deps failed"),
            next=["Check the network and packages.yml, or install them yourself: dbt deps"],
        )


def _close_connections() -> None:
    """Let go of the engine: a DuckDB file stays locked as long as dbt's connections are open."""
    _held.end()
    for adapter in list(adapters.FACTORY.adapters.values()):
        manager = type(adapter.connections)
        close_all = getattr(manager, "close_all_connections", None)
        if close_all is not None:
            close_all()
        adapter.cleanup_connections()


def _tell(event: Any) -> None:
    """Pass on that a node started or ended."""
    kind = event.info.name
    if kind not in {"NodeStart", "NodeFinished"}:
        return
    node = event.data.node_info
    if kind == "NodeStart":
        _held.begin()
        progress({"uniqueId": node.unique_id, "status": "started"})
    elif kind == "NodeFinished":
        result = event.data.run_result
        progress(
            {
                "uniqueId": node.unique_id,
                "status": _status(result.status or node.node_status),
                "executionTimeSeconds": result.execution_time,
                "message": result.message or None,
            }
        )


def _status(word: str) -> str:
    known = {"success", "pass", "warn", "fail", "error", "skipped"}
    lower = word.lower()
    return lower if lower in known else "error"


def _raise_first_failure(outcome: Any, project_dir: Path) -> None:
    """A model that can't be compiled is the project's fault, though dbt goes on without it."""
    for result in getattr(outcome, "results", None) or []:
        if str(result.status) in {"error", "fail"}:
            path = result.node.original_file_path
            error = floe_error(RuntimeError(f"{result.message}\n({path})"), project_dir)
            raise FloeError(
                "COMPUTE.LOCKED" if error.code == "COMPUTE.LOCKED" else "DBT.COMPILATION_FAILED",
                f"The model {result.node.name} can't be compiled.",
                why=error.why,
                next=error.next,
                where=error.where or {"file": path, "line": 1},
            )
