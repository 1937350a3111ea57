import { ERROR_CODES, type ErrorCode } from "./codes.ts";

/** A place in a file that a user can open. Lines and columns count from 1, columns in UTF-16 units. */
export interface Place {
  /** Path as the user knows it: relative to where the command ran if it lies below, else absolute. */
  file: string;
  line?: number;
  column?: number;
  /** How many characters from `column` the fault covers; a caret line underlines as many. */
  length?: number;
  /** The text of that line without its line end, so that a message can show it without reading the file again. */
  source?: string;
  /** Where in the document: `plugins.compute.type`, `transforms[2].tier`. */
  path?: string;
}

/** An error or finding as data: what `--json` prints. */
export interface Fault {
  code: ErrorCode;
  severity: "error" | "warning";
  /** One sentence: what is wrong. */
  summary: string;
  /** The reason, where it isn't plain from the summary. */
  why?: string;
  /** What to do, most likely remedy first; a command stands alone in its string. */
  next: string[];
  where?: Place;
  /** The plugin that it came from, by kind and name: `storage s3`. The host fills it in. */
  plugin?: string;
}

export interface FloeErrorOptions {
  why?: string | undefined;
  next?: readonly string[];
  where?: Place | undefined;
  severity?: "error" | "warning";
  plugin?: string | undefined;
  cause?: unknown;
}

const BRAND = Symbol.for("floe.error");

/**
 * The one error class. What a person reads is code, place, reason and next step; a stack trace is only
 * for `INTERNAL.BUG`. Findings (validation results, failed checks) are returned as data, never thrown.
 *
 * Recognise it with {@link isFloeError}, not `instanceof`: two copies of this package may be loaded.
 */
export class FloeError extends Error {
  override readonly name = "FloeError";
  readonly code: ErrorCode;
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly why: string | undefined;
  readonly next: readonly string[];
  readonly where: Place | undefined;
  readonly plugin: string | undefined;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, summary: string, options: FloeErrorOptions = {}) {
    super(summary, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.severity = options.severity ?? "error";
    this.summary = summary;
    this.why = options.why;
    this.next = options.next ?? [];
    this.where = options.where;
    this.plugin = options.plugin;
  }

  /** What the process exits with when this error ends a command. */
  get exitCode(): number {
    return ERROR_CODES[this.code].exitCode;
  }

  /** The error as data, without its cause (which may hold what must not be shown). */
  toJSON(): Fault {
    return {
      code: this.code,
      severity: this.severity,
      summary: this.summary,
      ...(this.why === undefined ? {} : { why: this.why }),
      next: [...this.next],
      ...(this.where === undefined ? {} : { where: this.where }),
      ...(this.plugin === undefined ? {} : { plugin: this.plugin }),
    };
  }
}

/** Whether a value is a {@link FloeError} of this or another copy of the package. */
export function isFloeError(value: unknown): value is FloeError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
