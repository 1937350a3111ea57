import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discoverPlugins } from "@floe/host";
import { installedFloe } from "./installed.ts";
import { makeLargeProject } from "./large-project.ts";
import { type Measurement, measure, summary } from "./measure.ts";

const ROUNDS = 15;
const root = join(import.meta.dirname, "..", "..");

/** How long commands take that do next to nothing, as ratios against bare Node. */
export async function benchStartup(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-"));
  try {
    await makeLargeProject(root, dir);
    const project = join(dir, "project");
    const cwd = join(project, "product");
    const floe = installedFloe(project);
    const node = process.execPath;
    const command = (name: string, ...words: string[]) => ({
      name,
      program: node,
      parameters: [floe, ...words],
      cwd,
    });
    const results = measure(
      [
        { name: "bare node", program: node, parameters: ["-e", "0"], cwd },
        command("floe --help", "--help"),
        command("floe plugins list", "plugins", "list"),
        command("floe validate", "validate"),
      ],
      ROUNDS,
    );
    const discovery = measureDiscovery(cwd);
    report(results, discovery);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function measureDiscovery(projectDir: string): Measurement {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    discoverPlugins({ projectDir });
    times.push(performance.now() - started);
  }
  return summary(times);
}

function report(results: Map<string, Measurement>, discovery: Measurement): void {
  const bare = results.get("bare node")?.median ?? Number.NaN;
  const goals: Record<string, string> = {
    "floe --help": "at most 1.5 x",
    "floe plugins list": "under 150 ms",
    "floe validate": "under 150 ms",
  };
  const ms = (value: number): string => value.toFixed(1);
  console.log("| 30 plugins, 500 other packages | median ms | min to max | x bare node | goal |");
  console.log("|---|---|---|---|---|");
  for (const [name, { median, min, max }] of results) {
    console.log(
      `| ${name} | ${ms(median)} | ${ms(min)} to ${ms(max)} | ${(median / bare).toFixed(2)} | ${goals[name] ?? ""} |`,
    );
  }
  const { median, min, max } = discovery;
  console.log(`| discovery alone | ${ms(median)} | ${ms(min)} to ${ms(max)} | | under 5 ms |`);
}
