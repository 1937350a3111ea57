import type { DbtNodeEvent } from "@floe/core";
import { mapping } from "./project-files.ts";

/** Something that the engine complains of. */
export interface Complaint {
  /** As it says it: `[error] [JinjaError (dbt1501)]: ...`, without a stack. */
  text: string;
  /** The node that it is about; undefined where the command itself failed. */
  uniqueId: string | undefined;
}

/** One line of the engine's log, as far as it matters. */
export type LogLine =
  | { kind: "node"; event: DbtNodeEvent }
  | { kind: "error"; complaint: Complaint }
  | { kind: "warning"; complaint: Complaint }
  | { kind: "printed"; text: string }
  | { kind: "version"; engine: string; version: string };

const STATUSES = new Set(["success", "pass", "warn", "fail", "error", "skipped"]);

/** Reads a line of the log that the engine writes with `--log-format json`. */
export function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith("{")) return undefined;
  let entry: { data?: unknown; info?: { name?: string; level?: string; msg?: string } };
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  const data = mapping(entry.data) ?? {};
  const node = mapping(data.node_info);
  const uniqueId = typeof node?.unique_id === "string" ? node.unique_id : undefined;
  const { name, level, msg: text = "" } = entry.info ?? {};
  switch (name) {
    case "NodeStart":
      return uniqueId === undefined ? undefined : { kind: "node", event: { uniqueId, status: "started" } };
    case "NodeFinished":
      return uniqueId === undefined ? undefined : { kind: "node", event: ended(uniqueId, data.run_result) };
    case "PrintEvent":
      return { kind: "printed", text };
    case "MainReportVersion": {
      const version = /(\S+?)=+v?(\S+)$/.exec(text);
      return version === null
        ? undefined
        : { kind: "version", engine: version[1] ?? "dbt", version: version[2] ?? "" };
    }
    default:
      if (level === "error") return { kind: "error", complaint: { text: withoutStack(text), uniqueId } };
      if (level === "warn") return { kind: "warning", complaint: { text: withoutStack(text), uniqueId } };
      return undefined;
  }
}

function ended(uniqueId: string, result: unknown): DbtNodeEvent {
  const { status, execution_time: seconds, num_failures: failures } = mapping(result) ?? {};
  const word = String(status).toLowerCase();
  const known = STATUSES.has(word) ? (word as DbtNodeEvent["status"]) : "error";
  return {
    uniqueId,
    status: known,
    ...(typeof seconds === "number" ? { executionTimeSeconds: seconds } : {}),
    ...(typeof failures === "number" && failures > 0 ? { message: foundRows(failures) } : {}),
  };
}

/** dbt-core 1's words for the rows that a test found; the Rust engine has none. */
export function foundRows(failures: number): string {
  return `Got ${failures} ${failures === 1 ? "result" : "results"}.`;
}

/** With RUST_BACKTRACE set, each complaint ends with a stack. */
function withoutStack(text: string): string {
  return text
    .replace(/\n\s+0: [\s\S]*$/, "")
    .replaceAll("\r", "")
    .trim();
}
