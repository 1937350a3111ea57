import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { AirflowOrchestrator } from "./orchestrator.ts";

export default definePlugin({
  kind: "orchestrator",
  name: "airflow",
  description: "Airflow 3: a DAG that is parsed fast, with a task for each tier, not for each model.",
  configSchema,
  create: (config, context) => new AirflowOrchestrator(config, context),
});
