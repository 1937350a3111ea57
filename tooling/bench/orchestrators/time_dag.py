"""Times one DAG file in a process of its own, as JSON: `parse`, or `run` as `airflow dags test` does.

Airflow is imported before the clock starts, as in a DAG processor; what the file itself imports counts. Reading
is told in seconds of the processor's time, which a busy machine doesn't stretch; a run in seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.providers_manager import ProvidersManager

ProvidersManager().initialize_providers_list()
folder = os.environ["AIRFLOW__CORE__DAGS_FOLDER"]
started = time.process_time()
bag = BundleDagBag(dag_folder=folder, bundle_path=Path(folder), bundle_name="dags-folder")
parsed = time.process_time() - started
if bag.import_errors or len(bag.dags) != 1:
    sys.exit(f"{bag.import_errors} {list(bag.dags)}")
(dag,) = bag.dags.values()
told = {"seconds": parsed, "tasks": len(dag.tasks)}
if sys.argv[1] == "run":
    started = time.perf_counter()
    result = dag.test()
    told = {"seconds": time.perf_counter() - started, "tasks": len(dag.tasks), "state": str(result.state)}
answer.write(json.dumps(told))
answer.flush()
