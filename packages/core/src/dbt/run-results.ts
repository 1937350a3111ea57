/**
 * dbt's `run_results.json` (v6), as far as floe and its plugins read it. The Rust engine leaves out what is
 * optional here.
 *
 * @see https://schemas.getdbt.com/dbt/run-results/v6.json
 */
export interface DbtRunResults {
  metadata?: { dbt_version?: string; generated_at?: string; invocation_id?: string | null };
  /** Seconds. */
  elapsed_time?: number;
  results: readonly DbtNodeResult[];
}

export interface DbtNodeResult {
  unique_id: string;
  /** Models: success, error, skipped, "partial success"; tests: pass, warn, fail, error, skipped. */
  status: string;
  /** Seconds. */
  execution_time?: number;
  message?: string | null;
  /** Rows that a test found. */
  failures?: number | null;
  /** When it was compiled and executed: ISO 8601, UTC. */
  timing?: readonly { name: string; started_at?: string | null; completed_at?: string | null }[];
  adapter_response?: Readonly<Record<string, unknown>>;
  compiled_code?: string | null;
}

const BROKEN = new Set(["error", "fail", "runtime error", "partial success"]);
const TESTS = /^(test|unit_test)\./;

/** Whether a node's status means that it failed. Skipped and warned nodes didn't. */
export function isFailure({ status }: Pick<DbtNodeResult, "status">): boolean {
  return BROKEN.has(status.toLowerCase());
}

/** What a run's results come to: the counts of `DbtRunResult`. Nodes that were skipped weren't run. */
export function summarizeRunResults({ results }: DbtRunResults): {
  modelsRun: number;
  testsRun: number;
  failures: number;
} {
  const ran = results.filter(({ status }) => status.toLowerCase() !== "skipped");
  return {
    modelsRun: ran.filter(({ unique_id }) => unique_id.startsWith("model.")).length,
    testsRun: ran.filter(({ unique_id }) => TESTS.test(unique_id)).length,
    failures: results.filter(isFailure).length,
  };
}
