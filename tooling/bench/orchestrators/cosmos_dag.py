"""The same dbt project in Airflow as a DAG by astronomer-cosmos, from dbt's own manifest: its fastest way."""

from datetime import datetime
from pathlib import Path

from cosmos import DbtDag, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import ExecutionMode, InvocationMode, LoadMode, TestBehavior

project = Path(__file__).parent / "project"

dag = DbtDag(
    dag_id="cosmos",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    project_config=ProjectConfig(
        dbt_project_path=project, manifest_path=project / "target" / "manifest.json"
    ),
    profile_config=ProfileConfig(
        profile_name="large", target_name="dev", profiles_yml_filepath=project / "profiles.yml"
    ),
    execution_config=ExecutionConfig(
        execution_mode=ExecutionMode.LOCAL, invocation_mode=InvocationMode.DBT_RUNNER
    ),
    render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST, test_behavior=TestBehavior.BUILD),
    operator_args={"install_deps": False},
    default_args={"retries": 0},
    max_active_tasks=1,
)
