import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isFloeError, type Observability } from "@floe/core";
import { readOrNothing, writeFileWhole } from "../process/write-file.ts";
import { InvalidProduct, openProduct } from "../project/product.ts";
import { Project, type ProjectOptions } from "../project/project.ts";
import { runProduct } from "../run/run.ts";
import { compareSchemas } from "./schema-drift.ts";

/** What is watched, each at an interval of its own. */
export type MonitorCheck = "availability" | "freshness" | "schema_drift" | "quality";

/** What one check found. */
export interface MonitorFinding {
  check: MonitorCheck;
  /** ISO 8601, UTC. */
  at: string;
  healthy: boolean;
  /** One sentence each; empty where all is well. */
  problems: readonly string[];
}

export interface MonitorOptions extends ProjectOptions {
  /** Only check what is due now, and end. */
  once?: boolean;
  /** Told of each check as it ends. It must not throw. */
  onFinding?: (finding: MonitorFinding) => void;
}

const CHECKS: readonly MonitorCheck[] = ["availability", "freshness", "schema_drift", "quality"];
const USUAL: Readonly<Record<MonitorCheck, string>> = {
  availability: "5m",
  freshness: "15m",
  schema_drift: "1h",
  quality: "6h",
};
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** How often is looked whether something is due: the shortest interval is a second. */
const TICK_MS = 1000;

/**
 * Watches a product until the signal ends it. When each check last ran stands in `.floe/monitor.json`, so
 * that a restart, or a cron job that calls it with `once`, checks no more often than the intervals say.
 *
 * @returns What was found; with `once`, by the checks that were due.
 * @throws InvalidProduct, FloeError `PROJECT.*`. What a check can't do is a finding.
 */
export async function monitorProduct(options: MonitorOptions): Promise<MonitorFinding[]> {
  const { once = false, onFinding = () => {}, signal = new AbortController().signal } = options;
  const { stateDir, intervals } = await look(options);
  const file = join(stateDir, "monitor.json");
  const found: MonitorFinding[] = [];
  do {
    const last = JSON.parse(readOrNothing(file) ?? "{}") as Partial<Record<MonitorCheck, string>>;
    for (const check of CHECKS) {
      if (signal.aborted) return found;
      const before = Date.parse(last[check] ?? "");
      if (Date.now() - before < milliseconds(intervals?.[check] ?? USUAL[check])) continue;
      const finding = await runCheck(check, options);
      // What an interrupt cut off found nothing out.
      if (signal.aborted) return found;
      last[check] = finding.at;
      writeFileWhole(file, JSON.stringify(last));
      if (once) found.push(finding);
      onFinding(finding);
    }
    if (!once) await sleep(TICK_MS, undefined, { signal }).catch(() => {});
  } while (!once && !signal.aborted);
  return found;
}

/** Checks that the product can be watched at all. */
async function look(
  options: MonitorOptions,
): Promise<{ stateDir: string; intervals: Observability["monitor"] }> {
  const project = Project.open(options);
  try {
    const { manifest } = await openProduct(project);
    return { stateDir: project.paths.stateDir, intervals: manifest.observability?.monitor };
  } finally {
    await project.close();
  }
}

async function runCheck(check: MonitorCheck, options: MonitorOptions): Promise<MonitorFinding> {
  let problems: string[];
  try {
    problems = await problemsOf(check, options);
  } catch (error) {
    if (error instanceof InvalidProduct) problems = error.faults.map(({ summary }) => summary);
    else if (isFloeError(error)) problems = [[error.summary, error.why].filter(Boolean).join(" ")];
    else throw error;
  }
  return { check, at: new Date().toISOString(), healthy: problems.length === 0, problems };
}

async function problemsOf(check: MonitorCheck, options: MonitorOptions): Promise<string[]> {
  if (check === "quality" || check === "freshness") {
    const report = await runProduct({
      ...options,
      mode: "check",
      ...(check === "freshness" ? { types: ["freshness"] } : {}),
    });
    return report.faults.map(({ summary }) => summary);
  }
  const project = Project.open(options);
  try {
    const product = await openProduct(project);
    if (check === "schema_drift") return await compareSchemas(product);
    const { success, message } = await product.compute.validateConnection(product.computeConfig);
    return success ? [] : [message];
  } finally {
    await project.close();
  }
}

function milliseconds(interval: string): number {
  const [, count = "0", unit = "s"] = /^(\d+)([smhd])$/.exec(interval) ?? [];
  return Number(count) * (UNITS[unit] ?? 0);
}
