import { ERROR_CODES, type ErrorCode, FloeError, type Place } from "@floe/core/contracts";

/** What a worker may send, as far as it can be trusted. */
export type WorkerMessage =
  | { kind: "progress"; value: unknown }
  | { kind: "result"; id: unknown; result: unknown }
  | { kind: "error"; id: unknown; error: Record<string, unknown> }
  /** Not the protocol; `why` quotes it. */
  | { kind: "rubbish"; why: string };

const QUOTED = 200;
const LONGEST_MESSAGE = 4096;

/** Reads a line of JSON-RPC 2.0. Never throws. */
export function readMessage(line: string): WorkerMessage {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    message = undefined;
  }
  if (!isRecord(message)) return { kind: "rubbish", why: `It wrote to stdout: ${quote(line)}` };
  const { id, method, params, result, error } = message;
  if (method === "progress" && id === undefined) return { kind: "progress", value: params };
  if (isRecord(error)) return { kind: "error", id, error };
  if ("result" in message) return { kind: "result", id, result };
  return { kind: "rubbish", why: "Its answer has neither a result nor an error." };
}

/** What a function raised: a coded error as it was meant, any other exception by type and message. */
export function raisedError(worker: string, { message, data }: Record<string, unknown>): FloeError {
  const given = isRecord(data) ? data : {};
  const text = typeof message === "string" ? message : "It raised an exception.";
  if (isErrorCode(given.code)) {
    return new FloeError(given.code, text, {
      why: typeof given.why === "string" ? given.why : undefined,
      next: Array.isArray(given.next) ? given.next.map(String) : [],
      where: readPlace(given.where),
    });
  }
  return new FloeError("PYTHON.CALL_FAILED", `${worker} failed.`, {
    why: text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}...` : text,
    next: ["Run with --verbose to see the worker's log."],
    cause: typeof given.traceback === "string" ? new Error(given.traceback) : undefined,
  });
}

/** The start of a value that a worker sent, for a message: it may be of any length. */
export function quote(value: unknown): string {
  return (
    JSON.stringify(typeof value === "string" ? value.slice(0, QUOTED) : value)?.slice(0, QUOTED) ?? "none"
  );
}

function readPlace(value: unknown): Place | undefined {
  if (!isRecord(value) || typeof value.file !== "string") return undefined;
  const place: Place = { file: value.file };
  for (const key of ["line", "column", "length"] as const) {
    const count = value[key];
    if (typeof count === "number" && Number.isInteger(count) && count > 0) place[key] = count;
  }
  for (const key of ["source", "path"] as const) {
    const text = value[key];
    if (typeof text === "string") place[key] = text;
  }
  return place;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_CODES, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
