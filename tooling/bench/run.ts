/**
 * The benchmarks: `pnpm bench` runs all, `pnpm bench quality` one. Figures are whole processes, as ratios
 * within the same run; what they are on another machine, only a run there tells.
 */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  catalog: async () => (await import("./catalog/bench.ts")).benchCatalog(),
  startup: async () => (await import("./startup.ts")).benchStartup(),
  compile: async () => (await import("./compile.ts")).benchCompile(),
  demo: async () => (await import("./demo/bench.ts")).benchDemo(),
  storage: async () => (await import("./storage/bench.ts")).benchStorage(),
  "airflow-parse": async () => (await import("./orchestrators/airflow.ts")).benchAirflowParse(),
  "airflow-run": async () => (await import("./orchestrators/airflow.ts")).benchAirflowRun(),
  dagster: async () => (await import("./orchestrators/dagster.ts")).benchDagster(),
  iceberg: async () => (await import("./iceberg.ts")).benchIceberg(),
  quality: async () => (await import("./quality/bench.ts")).benchQuality(),
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}". There are: ${Object.keys(BENCHES).join(", ")}.`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length === 0 || asked.includes(name)) await bench();
}
