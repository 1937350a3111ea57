/**
 * What all ten interfaces share.
 *
 * Wherever an interface method returns a promise, the host bounds it with a deadline, gives it a span and
 * maps what it throws; methods that return a value at once must be pure: the same config gives the same
 * answer, without I/O. Those answers go into generated files, which must come out byte for byte the same.
 */
export interface Plugin {
  /** The name below which the manifest selects it: `duckdb`. From the package's `floe` field. */
  readonly name: string;
  /** The version of the plugin's package: `X.Y.Z`. */
  readonly version: string;
  /** The version of the plugin API that the package was made for: `X.Y`. */
  readonly floeApiVersion: string;
  /** Opens what the plugin keeps open. Called once before its first use; limit 30 s. */
  startup?(): Promise<void>;
  /** Closes it. Called once if `startup` was, also when that failed; limit 30 s. */
  shutdown?(): Promise<void>;
  /** A quick look at whether it works; limit 5 s. What it throws counts as unhealthy. */
  healthCheck?(): Promise<HealthStatus>;
}

export interface HealthStatus {
  state: "healthy" | "degraded" | "unhealthy";
  /** One sentence; empty when healthy. */
  message: string;
  details?: Record<string, unknown>;
}

/** A JSON-shaped mapping, for what goes into generated files: values, profiles, collector configuration. */
export type JsonObject = { [key: string]: JsonValue };
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/**
 * Whether a server was reached and let us in. A failed connection is an answer, not an exception: this is
 * returned, with words that help, and nothing is thrown.
 *
 * The specification has `bool` for the two backends, `ValidationResult` for the orchestrator and
 * `ConnectionResult` for compute. They are one here: a `false` alone can't tell a user what to mend, and
 * `success` is that boolean.
 */
export interface ConnectionResult {
  success: boolean;
  /** What was reached ("DuckDB 1.5.5, /data/floe.duckdb") or why it wasn't. One sentence, no secrets. */
  message: string;
  /** What to do when it failed, most likely remedy first. Empty on success. */
  next: readonly string[];
  /** The round trip in milliseconds, where it was measured. */
  latencyMs?: number;
  details?: Record<string, string>;
}

/** The outcome of a validation: findings as data. `success` holds exactly when `errors` is empty. */
export interface ValidationResult {
  success: boolean;
  errors: readonly Finding[];
  warnings: readonly Finding[];
}

export interface Finding {
  /** A stable code of the rule: `QUALITY.COVERAGE`, `FLOE-E220`. */
  code: string;
  message: string;
  /** What it is about: a model's, column's or key's name. */
  subject?: string;
  /** File, relative to the project, and line from 1, where known. */
  file?: string;
  line?: number;
  /** How to mend it. */
  suggestion?: string;
}

/** Size of a workload, for resource presets. */
export type WorkloadSize = "small" | "medium" | "large";

/**
 * Kubernetes resource requests and limits: the container's `resources` as Kubernetes spells it, so that it
 * can go into a pod or Helm values as it is. Quantities: CPU "500m" or "2"; memory "512Mi", "4Gi".
 * A limit is never below its request.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export interface ResourceSpec {
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
}
