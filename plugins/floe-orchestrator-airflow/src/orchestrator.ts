import {
  askService,
  type CompiledArtifacts,
  type ConnectionResult,
  type JsonObject,
  type PluginImplementation,
} from "@floe/core";
import { loaderRequired, Orchestrator, productPython, requirementsFile } from "@floe/orchestration";
import type { AirflowConfig } from "./config.ts";
import { createDagFile, DAG_FILE } from "./dag-file.ts";
import { healthQuestion } from "./health.ts";
import { helmValues } from "./helm-values.ts";

/** Adapters ask for any dbt, or for none: some that are to come can't be imported. */
const DBT_CORE = "dbt-core==1.12.6";

/** Airflow 3. */
export class AirflowOrchestrator
  extends Orchestrator<AirflowConfig>
  implements PluginImplementation<"orchestrator">
{
  createDefinitions(artifacts: CompiledArtifacts): never {
    return loaderRequired(artifacts, "Airflow", [
      `floe compile, which writes ${DAG_FILE} beside compiled_artifacts.json`,
      "Put the product's folder below Airflow's dags_folder.",
    ]);
  }

  generateLoader(artifacts: CompiledArtifacts): Readonly<Record<string, string>> {
    const { metadata } = artifacts;
    return {
      ...createDagFile(artifacts, this.config, this.schedules.get(metadata.product_name)),
      "deploy/airflow/requirements.txt": requirementsFile(
        artifacts,
        [
          "python -m venv tasks && tasks/bin/pip install -r requirements.txt",
          "and set python_path of the orchestrator in manifest.yaml to tasks/bin/python.",
        ],
        [DBT_CORE],
      ),
      ...productPython(artifacts),
    };
  }

  getHelmValues(): JsonObject {
    return helmValues();
  }

  validateConnection(): Promise<ConnectionResult> {
    return askService(this.context, healthQuestion(this.config.url));
  }
}
