"""The same dbt project in Dagster by dagster-dbt alone, as its documentation has it."""

import os
from pathlib import Path

from dagster import AssetExecutionContext, Definitions
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

folder = Path(os.environ["BENCH_PROJECT"])
project = DbtProject(project_dir=folder, profiles_dir=folder, profile="large", target="dev")


@dbt_assets(manifest=project.manifest_path)
def models(context: AssetExecutionContext, dbt: DbtCliResource):  # noqa: ANN201
    yield from dbt.cli(["build"], context=context).stream()


defs = Definitions(assets=[models], resources={"dbt": DbtCliResource(project_dir=project)})
