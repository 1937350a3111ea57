import type { DbtNodeEvent } from "@floe/core";
import { type Complaint, parseLogLine } from "./log.ts";

/** What a command said, gathered line by line; nodes are told of as they start and end. */
export class CommandLog {
  /** What went wrong in nodes, by unique id. */
  readonly failed = new Map<string, string>();
  /** What was printed: the listed nodes, and what macros print. */
  readonly printed: string[] = [];
  readonly errors: Complaint[] = [];
  readonly warnings: string[] = [];
  /** How many nodes failed. */
  broken = 0;
  engine: string | undefined;
  version: string | undefined;
  readonly #onNode: ((event: DbtNodeEvent) => void) | undefined;

  constructor(onNode: ((event: DbtNodeEvent) => void) | undefined) {
    this.#onNode = onNode;
  }

  read(line: string): void {
    const said = parseLogLine(line);
    switch (said?.kind) {
      case "printed":
        this.printed.push(said.text);
        break;
      case "version":
        this.engine = said.engine;
        this.version = said.version;
        break;
      case "warning":
        this.warnings.push(said.complaint.text);
        break;
      case "error":
        this.#complain(said.complaint);
        break;
      case "node":
        this.#tell(said.event);
    }
  }

  #complain(complaint: Complaint): void {
    this.errors.push(complaint);
    const { uniqueId, text } = complaint;
    if (uniqueId !== undefined) this.failed.set(uniqueId, text.replace(/^\[error\]:?\s*/, ""));
  }

  #tell(event: DbtNodeEvent): void {
    // It complains of a node before it says that the node ended; a test that can't be run ends as failed.
    const message = this.failed.get(event.uniqueId);
    const told: DbtNodeEvent = message === undefined ? event : { ...event, status: "error", message };
    if (told.status === "error" || told.status === "fail") this.broken += 1;
    this.#onNode?.(told);
  }
}
