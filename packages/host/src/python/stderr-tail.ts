import { stripVTControlCharacters } from "node:util";

const KEPT = 4096;
const KEPT_LINES = 50;
const LONGEST_LOG_LINE = 8192;

/** What a worker writes to stderr: each line to the log, and the last of them kept for error messages. */
export class StderrTail {
  readonly #onLine: ((line: string) => void) | undefined;
  #tail = "";
  #unfinished = "";

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    this.#tail = (this.#tail + text).slice(-KEPT);
    if (this.#onLine === undefined) return;
    const lines = (this.#unfinished + text).split(/\r?\n/);
    this.#unfinished = (lines.pop() ?? "").slice(-LONGEST_LOG_LINE);
    for (const line of lines) if (line.trim() !== "") this.#onLine(line.slice(0, LONGEST_LOG_LINE));
  }

  /** At most 50 lines and 4096 characters, introduced and without colours; empty where it wrote nothing. */
  get lastWords(): string {
    const lines = stripVTControlCharacters(this.#tail).trim().split("\n").slice(-KEPT_LINES).join("\n");
    return lines === "" ? "" : `\nIts last lines:\n${lines}`;
  }
}
