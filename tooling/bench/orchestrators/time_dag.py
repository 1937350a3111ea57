"""Times one DAG file, as JSON: `parse` as the DAG processor does, or `run` as `airflow dags test` does.

The DAG processor is warm: it has imported Airflow, and forks a process for each reading of a file. That process
is measured, from its fork to its end: it executes the file and serializes the DAG, and imports anew, each time,
what the file imports that isn't Airflow's own. Told are seconds of its CPU, which a busy machine doesn't stretch;
of a run, seconds.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import structlog
from airflow.dag_processing import manager  # noqa: F401 - what a DAG processor has imported
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.dag_processing.processor import DagFileParsingResult, DagFileProcessorProcess
from airflow.sdk.api.client import Client
from airflow.utils.file import list_py_file_paths
from uuid6 import uuid7

FOLDER = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


def parse(rounds: int) -> dict[str, Any]:
    (file,) = list_py_file_paths(FOLDER)
    gc.freeze()  # As `DagFileProcessorManager.before_run` does.
    parse_once(file)
    timed = [parse_once(file) for _ in range(rounds)]
    (dag,) = timed[0][1].serialized_dags
    seconds = statistics.median(one for one, _ in timed)
    return {"seconds": seconds, "tasks": len(dag.data["dag"]["tasks"])}


def parse_once(file: str) -> tuple[float, DagFileParsingResult]:
    before = children()
    with Path(os.devnull).open("wb") as log:
        process = DagFileProcessorProcess.start(
            id=uuid7(),
            path=file,
            bundle_path=FOLDER,
            bundle_name="dags-folder",
            dag_file_rel_path=str(Path(file).relative_to(FOLDER)),
            callbacks=[],
            logger=structlog.get_logger(),
            logger_filehandle=log,
            client=Client(base_url=None, token="", dry_run=True),
        )
        while not process.is_ready:
            process._service_subprocess(0.05)
    result = process.parsing_result
    if result is None or result.import_errors or not result.serialized_dags:
        sys.exit(f"{file} can't be read: {result and result.import_errors}")
    return children() - before, result


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run() -> dict[str, Any]:
    bag = BundleDagBag(dag_folder=FOLDER, bundle_path=FOLDER, bundle_name="dags-folder")
    (dag,) = bag.dags.values()
    cpu = time.process_time() + children()
    started = time.perf_counter()
    result = dag.test()
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() + children() - cpu,
        "tasks": len(dag.tasks),
        "state": str(result.state),
    }


told = parse(int(sys.argv[2])) if sys.argv[1] == "parse" else run()
answer.write(json.dumps(told))
answer.flush()
