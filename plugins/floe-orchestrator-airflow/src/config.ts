import { orchestratorOptions } from "@floe/orchestration";
import { z } from "zod";

const name = z.string().regex(/^[\w.-]{1,250}$/, "must be letters, digits, dashes, dots and underscores");

export const configSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .default("http://localhost:8080")
    .describe("Address of Airflow's API server, for floe doctor."),
  granularity: z
    .enum(["tier", "model", "product"])
    .default("tier")
    .describe(
      "What a task builds: the models of a tier in one dbt process, one model with a process of its own, or the whole product.",
    ),
  python_path: z
    .string()
    .default("")
    .describe(
      "Python of the environment with dbt and ingestion, on Airflow's workers; may be a template. Default: FLOE_TASK_PYTHON of the worker's environment, else Airflow's own Python.",
    ),
  project_dir: z
    .string()
    .default("")
    .describe(
      "The product's folder on Airflow's workers; may be a template. Default: the DAG file's folder.",
    ),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, "must be the name of an environment variable"), z.string())
    .default({})
    .describe(
      "Environment variables of the tasks; values may be templates: {{ conn.warehouse.password }}. Airflow masks those of its connections.",
    ),
  ...orchestratorOptions,
  timeout_minutes: z
    .int()
    .min(1)
    .max(10_080)
    .optional()
    .describe("Limit on one task, in minutes. Default: none."),
  pool: name
    .optional()
    .describe("Airflow pool that the tasks take a slot of. It must exist, or the tasks wait for ever."),
  max_active_tasks: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("Tasks at a time. Default: 1 on a DuckDB file, which takes one writer; else Airflow's own."),
  tags: z
    .array(z.string().min(1).max(100))
    .default([])
    .describe("Tags of the DAG beside floe and the domain."),
});

export type AirflowConfig = z.output<typeof configSchema>;
