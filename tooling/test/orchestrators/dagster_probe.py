"""What the tests ask of real Dagster: one process, an answer in JSON to each question."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from dagster import AssetCheckKey, AssetKey, AssetSelection, DagsterInstance, Definitions


def definitions(folder: str) -> Definitions:
    """Load the generated file, as Dagster does."""
    spec = importlib.util.spec_from_file_location("definitions", Path(folder) / "definitions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.defs


def describe(folder: str) -> dict[str, Any]:
    """Say what is defined."""
    defs = definitions(folder)
    graph = defs.resolve_asset_graph()
    assets = {}
    for key in graph.get_all_asset_keys():
        if not graph.get(key).is_materializable:
            continue
        node = graph.get(key)
        schema = node.metadata.get("dagster/column_schema")
        assets[key.to_user_string()] = {
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "group": node.group_name,
            "owners": list(node.owners),
            "tags": {name: value for name, value in node.tags.items() if not name.startswith("dagster/")},
            "description": (node.description or "").split("\n")[0],
            "columns": [column.name for column in schema.columns] if schema else [],
        }
    checks = {
        f"{key.asset_key.to_user_string()}:{key.name}": graph.get(key).blocking
        for key in graph.asset_check_keys
    }
    schedules = [
        {
            "name": one.name,
            "job": one.job_name,
            "cron": one.cron_schedule,
            "timezone": one.execution_timezone,
            "status": one.default_status.value,
        }
        for one in defs.get_repository_def().schedule_defs
    ]
    jobs = {
        one.name: {"tags": dict(one.tags), "description": one.description}
        for one in defs.resolve_all_job_defs()
        if not one.name.startswith("__")
    }
    return {"assets": assets, "checks": checks, "schedules": schedules, "jobs": jobs}


def ticks(folder: str, start: str, count: int) -> list[str]:
    """Say when the product's schedule fires, in UTC, by the iterator that the daemon uses."""
    from dagster._utils.schedules import schedule_execution_time_iterator

    (schedule,) = definitions(folder).get_repository_def().schedule_defs
    begin = datetime.fromisoformat(start).timestamp()
    times = schedule_execution_time_iterator(begin, schedule.cron_schedule, schedule.execution_timezone)
    return [next(times).astimezone(timezone.utc).isoformat() for _ in range(count)]


def execute(
    folder: str,
    job: str = "shop",
    assets: list[str] | None = None,
    checks: list[list[str]] | None = None,
    run_id: str | None = None,
) -> dict[str, Any]:
    """Run the job, or a selection of it."""
    from dagster import define_asset_job

    defs = definitions(folder)
    if assets is None and checks is None:
        definition = defs.resolve_job_def(job)
    else:
        keys = [AssetKey.from_user_string(one) for one in assets or []]
        selection = AssetSelection.assets(*keys).without_checks() if keys else AssetSelection.assets()
        for asset, name in checks or []:
            selection |= AssetSelection.checks(AssetCheckKey(AssetKey.from_user_string(asset), name))
        part = Definitions.merge(defs, Definitions(jobs=[define_asset_job("part", selection=selection)]))
        definition = part.resolve_job_def("part")
    with DagsterInstance.ephemeral() as instance:
        result = definition.execute_in_process(instance=instance, raise_on_error=False, run_id=run_id)
        failure = next(
            (reason(event.step_failure_data.error) for event in result.get_step_failure_events()), None
        )
        return {
            "success": result.success,
            "failure": failure,
            "materialized": sorted(
                {
                    event.step_materialization_data.materialization.asset_key.to_user_string()
                    for event in result.all_events
                    if event.is_step_materialization
                }
            ),
            "checks": {
                f"{one.asset_key.to_user_string()}:{one.check_name}": [one.passed, one.severity.value]
                for one in result.get_asset_check_evaluations()
            },
        }


def reason(error: Any) -> str:
    """Find the step's own words: where its attempts are used up, Dagster's stand before them."""
    while error.cause is not None:
        error = error.cause
    return error.message


def merged(folder: str, other: str) -> list[str]:
    """Load two products into one code location."""
    both = Definitions.merge(definitions(folder), definitions(other))
    Definitions.validate_loadable(both)
    return sorted(key.to_user_string() for key in both.resolve_asset_graph().get_all_asset_keys())


def refusal(folder: str) -> str:
    """Say why the product can't be loaded."""
    try:
        definitions(folder)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "it was loaded"


QUESTIONS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (describe, ticks, execute, merged, refusal)
}


def answer(question: list[Any]) -> Any:
    name, arguments = question
    return QUESTIONS[name](**arguments)


if __name__ == "__main__":
    for line in sys.stdin:
        # Dagster and dbt print as they like.
        print("\x1e" + json.dumps(answer(json.loads(line)), default=str), flush=True)
