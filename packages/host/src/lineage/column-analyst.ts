import type { PythonRuntime, PythonWorker } from "@floe/core";
import { HOST_PYTHON, HOST_REQUIREMENTS } from "./column-lineage-python.ts";

/** A table's column that another one is made of. */
export interface Origin {
  table: readonly string[];
  column: string;
  kind: string;
}

/** What is known of one model's columns. */
export type Analysis = { columns: Record<string, Origin[]>; indirect: Origin[] } | { unknown: string };

export interface AnalysisRequest {
  models: readonly { id: string; sql: string; dialect: string }[];
  /** Tables that exist: database, schema, table, column to type. */
  schema: object;
}

/** Follows columns through SQL, in a process that imports sqlglot: a fifth of a second that can pass beside other work. */
export class ColumnAnalyst {
  readonly #python: PythonRuntime;
  #worker: Promise<PythonWorker> | undefined;

  constructor(python: PythonRuntime) {
    this.#python = python;
  }

  /** Starts the process, if there is none. That it can't be started is told to who asks it. */
  start(): Promise<PythonWorker> {
    this.#worker ??= this.#python.startWorker({
      requirements: HOST_REQUIREMENTS,
      moduleDir: HOST_PYTHON,
      module: "floe_lineage.worker",
    });
    this.#worker.catch(() => {});
    return this.#worker;
  }

  /** Answers by model. @throws FloeError `PYTHON.*`. */
  async analyze(request: AnalysisRequest): Promise<Record<string, Analysis>> {
    const worker = await this.start();
    return worker.call("analyze", { ...request });
  }

  async close(): Promise<void> {
    const worker = await this.#worker?.catch(() => undefined);
    this.#worker = undefined;
    await worker?.close();
  }
}
