import { exitCodeOf, type RunReport } from "@floe/host/run";
import type { Outcome, Style } from "../command.ts";
import { renderFault } from "./fault.ts";

/** A run's report as a command's answer. */
export function runOutcome(report: RunReport): Outcome {
  return {
    ok: report.status === "success",
    exitCode: exitCodeOf(report.status),
    result: report,
    text: (style) => renderReport(report, style),
  };
}

const VERDICTS: Readonly<Record<RunReport["status"], string>> = {
  success: "is done",
  bad_data: "ran, and the data isn't as it must be",
  failed: "couldn't be run to its end",
  interrupted: "was interrupted",
  running: "is still running",
};

export function renderReport(report: RunReport, style: Style): string {
  const { run, status, seconds, faults, checks, sources } = report;
  const mark = status === "success" ? style.green : style.red;
  const rows = sources.reduce((sum, { rowsLoaded }) => sum + rowsLoaded, 0);
  const facts = [
    sources.length === 0 ? "" : `${rows.toLocaleString("en")} rows loaded`,
    counts(report.models, "model"),
    counts(report.seeds, "seed"),
    counts(report.snapshots, "snapshot"),
    counts(report.tests, "test"),
    checks.results.length === 0 ? "" : `${checks.passed} of ${checks.results.length} checks met`,
    checks.score === null ? "" : `score ${checks.score}`,
  ].filter(Boolean);
  // What must be mended in the product itself makes it another, which isn't resumed.
  const changes = faults.some(({ code }) => code.startsWith("DBT.") || code.startsWith("CONFIG."));
  const resumable = run.mode === "run" && (status === "interrupted" || (status === "failed" && !changes));
  return [
    ...faults.map((fault) => `${renderFault(fault, style)}\n`),
    `${mark(`${run.product} ${VERDICTS[status]}`)} after ${seconds.toFixed(1)} s${facts.length === 0 ? "" : `: ${facts.join(", ")}`}.`,
    ...(report.lineage.pending > 0
      ? [
          style.dim(
            `${report.lineage.pending} lineage events wait for the backend; the next run delivers them.`,
          ),
        ]
      : []),
    style.dim(`floe runs show ${run.id.slice(0, 13)}${resumable ? "   floe run --resume" : ""}`),
  ].join("\n");
}

/** `14 models`, or `12 success, 2 error of 14 models` where not all are well. */
function counts(by: Readonly<Record<string, number>>, what: string): string {
  const entries = Object.entries(by);
  const sum = entries.reduce((total, [, count]) => total + count, 0);
  const name = sum === 1 ? what : `${what}s`;
  if (sum === 0) return "";
  if (entries.every(([status]) => status === "success" || status === "pass")) return `${sum} ${name}`;
  return `${entries.map(([status, count]) => `${count} ${status}`).join(", ")} of ${sum} ${name}`;
}
