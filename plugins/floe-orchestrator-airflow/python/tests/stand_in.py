"""A stand-in for the part of Airflow's SDK that the DAG file uses: it only notes what it is told.

The real Airflow reads the same file in test/dag.test.ts; here many products are read in no time.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DAG_FILE = Path(__file__).parents[1] / "floe_airflow" / "dag.py"


class DAG:
    current: DAG | None = None

    def __init__(self, dag_id: str, **settings: Any) -> None:
        self.dag_id = dag_id
        self.settings = settings
        self.tasks: list[BaseOperator] = []

    def __enter__(self) -> DAG:
        DAG.current = self
        return self

    def __exit__(self, *_: object) -> None:
        DAG.current = None


class TaskGroup:
    def __init__(self, group_id: str) -> None:
        self.group_id = group_id


class BaseOperator:
    def __init__(
        self,
        *,
        task_id: str,
        task_group: TaskGroup | None = None,
        outlets: Iterable[Any] = (),
        **settings: Any,
    ) -> None:
        self.task_id = f"{task_group.group_id}.{task_id}" if task_group else task_id
        self.outlets = list(outlets)
        self.settings = settings
        self.upstream: set[BaseOperator] = set()
        assert DAG.current is not None
        assert self.task_id not in {one.task_id for one in DAG.current.tasks}
        DAG.current.tasks.append(self)

    @property
    def upstream_task_ids(self) -> set[str]:
        return {one.task_id for one in self.upstream}

    def __rshift__(self, other: BaseOperator) -> BaseOperator:
        other.upstream.add(self)
        return other

    def __rrshift__(self, others: list[BaseOperator]) -> BaseOperator:
        self.upstream.update(others)
        return self

    def above(self) -> set[BaseOperator]:
        """Find all that comes before it."""
        found: set[BaseOperator] = set()
        ahead = list(self.upstream)
        while ahead:
            task = ahead.pop()
            if task not in found:
                found.add(task)
                ahead.extend(task.upstream)
        return found


def read_dag(folder: Path, floe: dict[str, Any], **settings: Any) -> DAG:
    """Read the DAG file of a product that was compiled so."""
    artifacts = {
        "version": "0.16.0",
        "metadata": {"product_name": "shop", "product_version": "1.0.0", "floe_version": "1.0.0"},
        "identity": {"domain": "sales"},
        "floe": {
            "environment": "dev",
            "tests": {},
            "expectations": [],
            "quality": {"enabled": True},
            "models": {},
            **floe,
            "lineage": {
                "enabled": False,
                "nodes": {},
                "sources": {},
                "datasets": {},
                **floe.get("lineage", {}),
            },
        },
    }
    given = {
        "granularity": "tier",
        "python_path": "",
        "project_dir": "",
        "env": {},
        "retries": 0,
        "retry_delay_seconds": 0,
        "retry_backoff": 0,
        "timeout_minutes": None,
        "pool": None,
        "max_active_tasks": None,
        "tags": [],
        "schedule": None,
        **settings,
    }
    source = DAG_FILE.read_text(encoding="utf-8")
    source = source.replace('PRODUCT = "product"', 'PRODUCT = "shop"')
    source = source.replace("SETTINGS: dict[str, Any] = {}", f"SETTINGS: dict[str, Any] = {given!r}")
    file = folder / "airflow_dag.py"
    file.write_text(source, encoding="utf-8")
    (folder / "compiled_artifacts.json").write_text(json.dumps(artifacts))

    sdk = types.ModuleType("airflow.sdk")
    for name, stand_in in {
        "DAG": DAG,
        "TaskGroup": TaskGroup,
        "BaseOperator": BaseOperator,
        "Asset": str,
        "CronTriggerTimetable": lambda cron, timezone: (cron, timezone),
    }.items():
        setattr(sdk, name, stand_in)
    exceptions = types.ModuleType("airflow.sdk.exceptions")
    for name in ("AirflowException", "AirflowFailException"):
        setattr(exceptions, name, type(name, (Exception,), {}))
    sys.modules.update(
        {"airflow": types.ModuleType("airflow"), "airflow.sdk": sdk, "airflow.sdk.exceptions": exceptions}
    )
    spec = importlib.util.spec_from_file_location("airflow_dag", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.dag
