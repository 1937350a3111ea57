"""The same dbt project in Airflow as one task that says `dbt build`: nothing is shown, retried or told of alone.

No way of running the project can be quicker, Cosmos' watcher among them: it has this task, and one for each model
beside it. `airflow dags test` can't run the watcher itself, whose tasks wait for each other.
"""

from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

project = Path(__file__).parent / "project"

with DAG("one_dbt_build", schedule=None) as dag:
    BashOperator(
        task_id="build",
        bash_command='"$(dirname "$FLOE_TASK_PYTHON")"/dbt build --profiles-dir .',
        cwd=str(project),
    )
