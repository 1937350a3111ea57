import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { summary } from "../measure.ts";
import { differences } from "./differences.ts";
import { EXPECTATIONS } from "./expectations.ts";
import { makeOrders } from "./orders.ts";
import { makeSubjects, type Run, runSubject, type Subject } from "./subjects.ts";

/**
 * The small table's first round warms the caches of the disk and of compiled code. FLOE_BENCH_ROWS in place of
 * the large table's rows is for trying the benchmark itself.
 */
const SIZES = [
  { rows: 100_000, warmUp: 1, rounds: 5 },
  { rows: Number(process.env.FLOE_BENCH_ROWS ?? 10_000_000), warmUp: 0, rounds: 3 },
];

/** A hundred checks on a table of 12 columns: floe's own engine beside SQL by hand and two other tools. */
export async function benchQuality(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-"));
  try {
    const subjects = await makeSubjects(join(import.meta.dirname, "..", "..", ".."), dir);
    writeFileSync(join(dir, "expectations.json"), JSON.stringify(EXPECTATIONS));
    for (const { rows, warmUp, rounds } of SIZES) {
      rmSync(join(dir, "orders.duckdb"), { force: true });
      await makeOrders(join(dir, "orders.duckdb"), rows);
      report(rows, runInTurn(subjects, dir, warmUp, rounds));
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A B C A B C, so that a machine whose speed drifts treats all alike. */
function runInTurn(
  subjects: readonly Subject[],
  dir: string,
  warmUp: number,
  rounds: number,
): Map<string, Run[]> {
  const runs = new Map<string, Run[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const subject of subjects) {
      const run = runSubject(subject, dir);
      if (round >= 0) runs.get(subject.name)?.push(run);
    }
  }
  return runs;
}

function report(rows: number, runs: ReadonlyMap<string, readonly Run[]>): void {
  const floe = runs.get("floe") ?? [];
  const median = (some: readonly Run[], of: (run: Run) => number): number => summary(some.map(of)).median;
  const wall = median(floe, ({ wallSeconds }) => wallSeconds);
  console.log(
    `\n| 100 checks on ${rows.toLocaleString("en")} rows | wall s | CPU s | peak MB | x floe's wall | answered |`,
  );
  console.log("|---|---|---|---|---|---|");
  for (const [name, some] of runs) {
    const own = median(some, ({ wallSeconds }) => wallSeconds);
    const answered = Object.values(some[0]?.found ?? {}).filter((value) => value !== null).length;
    const cells = [
      name,
      own.toFixed(2),
      median(some, ({ cpuSeconds }) => cpuSeconds).toFixed(2),
      median(some, ({ peakMegabytes }) => peakMegabytes).toFixed(0),
      (own / wall).toFixed(2),
      String(answered),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  const found = new Map([...runs].map(([name, some]) => [name, some[0]?.found ?? {}]));
  for (const line of differences(EXPECTATIONS, found)) console.log(line);
}
