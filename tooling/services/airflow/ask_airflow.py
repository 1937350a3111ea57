"""Answers questions about a folder of DAGs, with Airflow's own code: JSON on the command line and on stdout.

One process for many questions, since importing Airflow takes longer than most of them.
"""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

# What is printed on the way, by Airflow and by tasks, isn't the answer.
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from airflow import settings
from airflow.cli.cli_parser import get_parser
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.models.taskinstance import TaskInstance
from airflow.providers_manager import ProvidersManager  # noqa: F401 - as a DAG processor has it loaded
from airflow.sdk import timezone
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import DataInterval, TimeRestriction
from sqlalchemy import select

FOLDER = os.environ["AIRFLOW__CORE__DAGS_FOLDER"]
HEAVY = {"dbt", "dlt", "duckdb", "pandas", "pyarrow", "floe_product"}


@functools.cache
def bag() -> BundleDagBag:
    return BundleDagBag(dag_folder=FOLDER, bundle_path=Path(FOLDER), bundle_name="dags-folder")


def parse() -> dict[str, Any]:
    before = set(sys.modules)
    found = bag()
    imported = {name.split(".")[0] for name in set(sys.modules) - before}
    return {
        "errors": found.import_errors,
        "heavy": sorted(imported & HEAVY),
        "dags": {dag_id: describe(dag) for dag_id, dag in found.dags.items()},
    }


def describe(dag: Any) -> dict[str, Any]:
    return {
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "max_active_runs": dag.max_active_runs,
        "max_active_tasks": dag.max_active_tasks,
        "catchup": dag.catchup,
        "timetable": type(dag.timetable).__name__,
        "tasks": {
            task.task_id: {
                "upstream": sorted(task.upstream_task_ids),
                "owner": task.owner,
                "retries": task.retries,
                "retry_delay": task.retry_delay.total_seconds(),
                "pool": task.pool,
                "outlets": sorted(outlet.uri for outlet in task.outlets),
                "steps": task.steps,
                "teardown": task.is_teardown,
            }
            for task in dag.tasks
        },
    }


def ticks(dag_id: str, after: str, count: int) -> list[str]:
    """List the next runs after a time, as the scheduler would make them one after another."""
    timetable = coerce_to_core_timetable(bag().dags[dag_id].timetable)
    last = timezone.parse(after)
    found = []
    for _ in range(count):
        info = timetable.next_dagrun_info(
            last_automated_data_interval=DataInterval.exact(last),
            restriction=TimeRestriction(earliest=None, latest=None, catchup=True),
        )
        last = info.run_after
        found.append(last.isoformat())
    return found


def run(dag_id: str, done: str | None = None) -> dict[str, Any]:
    """Run a DAG, in this process, as `airflow dags test` does."""
    dag = bag().dags[dag_id]
    pattern = re.compile(done) if done else None
    result = dag.test(logical_date=datetime.now(timezone.utc), mark_success_pattern=pattern)
    session = settings.Session()
    tasks = session.scalars(select(TaskInstance).where(TaskInstance.run_id == result.run_id)).all()
    return {
        "state": str(result.state),
        "tasks": {task.task_id: str(task.state) for task in tasks},
        "tries": {task.task_id: task.try_number for task in tasks},
    }


def command(words: list[str]) -> None:
    parsed = get_parser().parse_args(words)
    parsed.func(parsed)


asked = {"parse": parse, "ticks": ticks, "run": run, "command": command}
told = []
for question in json.loads(sys.argv[1]):
    sys.stdout.flush()
    print("=== next question ===", file=sys.stderr, flush=True)
    told.append(asked[question["ask"]](**question.get("with", {})))
answer.write(json.dumps(told))
answer.flush()
