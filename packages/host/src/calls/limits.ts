/**
 * How long a call to a plugin may take, in milliseconds. The specification fixes `validateConnection`;
 * `startup`, `shutdown` and `healthCheck` are the Python floe's. What moves data has no limit of its own:
 * how long a build takes is the user's business.
 */
const LIMITS: Readonly<Record<string, number>> = {
  validateConnection: 10_000,
  healthCheck: 5_000,
  startup: 30_000,
  shutdown: 30_000,
  runModels: Number.POSITIVE_INFINITY,
  testModels: Number.POSITIVE_INFINITY,
  buildModels: Number.POSITIVE_INFINITY,
  listNodes: Number.POSITIVE_INFINITY,
  compileProject: Number.POSITIVE_INFINITY,
  lintProject: Number.POSITIVE_INFINITY,
  run: Number.POSITIVE_INFINITY,
  createPipeline: 300_000,
  executeChecks: Number.POSITIVE_INFINITY,
  maintainTables: Number.POSITIVE_INFINITY,
  prepare: 300_000,
};

const OTHERS = 60_000;

/** The limit of a plugin's method. */
export function limitOf(method: string, overrides: Readonly<Record<string, number>> = {}): number {
  return overrides[method] ?? LIMITS[method] ?? OTHERS;
}
