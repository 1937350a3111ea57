import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ExpectationResult, Fault, SourceResult } from "@floe/core";
import { FloeError } from "@floe/core/contracts";
import type { Fingerprint } from "../compile/fingerprint.ts";
import { writeFileWhole, writing } from "../process/write-file.ts";

/**
 * `run`: everything; `test`: dbt's tests and the checks on what is there; `check`: the checks alone, as the
 * monitor does.
 */
export type RunMode = "run" | "test" | "check";

/**
 * `running` with no process at work means that it was killed. `failed`: something couldn't be done;
 * `bad_data`: everything was done, and data doesn't meet what was asked.
 */
export type RunStatus = "running" | "success" | "failed" | "bad_data" | "interrupted";

/** A run as it stands in `.floe/runs/<id>/run.json`. */
export interface RunRecord {
  /** UUID version 7: sorts by time. The OpenLineage run and, without dashes, the OpenTelemetry trace. */
  id: string;
  mode: RunMode;
  product: string;
  productVersion: string;
  environment: string;
  status: RunStatus;
  /** ISO 8601, UTC. */
  startedAt: string;
  endedAt?: string;
  pid: number;
  options: RunSelection;
  /** The run whose finished work this one builds on. */
  resumes?: string;
  /** What the product was made of. */
  inputs: Fingerprint;
  steps: StepRecord[];
  /** 0 to 100, once checks have run. */
  score?: number;
  /** What went wrong. */
  faults: Fault[];
}

export interface RunSelection {
  select?: string;
  exclude?: string;
  fullRefresh?: boolean;
}

export interface StepRecord {
  /** `compile`, `ingestion`, `build`, `quality`. */
  name: string;
  status: "running" | "success" | "failed" | "skipped";
  /** The plugin that does it: `dbt local`. */
  plugin?: string;
  seconds?: number;
  /** One line for a person. */
  summary?: string;
}

/** What was finished, in the order in which it was. One JSON a line in `journal.jsonl`. */
export type JournalEntry =
  | { kind: "source"; result: SourceResult; startedAt: string; endedAt: string }
  | {
      kind: "node";
      uniqueId: string;
      status: string;
      startedAt: string;
      endedAt: string;
      message?: string;
      failures?: number;
      rows?: number;
    }
  | { kind: "check"; model: string; result: ExpectationResult; at: string };

/** Runs kept; older ones go, unless something of them waits to be delivered. */
const KEPT = 100;

/** The runs of a product on this machine: `.floe/runs`. */
export class RunStore {
  readonly dir: string;

  constructor(stateDir: string) {
    this.dir = join(stateDir, "runs");
  }

  /** The folder of a run. */
  folder(id: string): string {
    return join(this.dir, id);
  }

  create(record: RunRecord): void {
    // Makes the folder.
    this.save(record);
  }

  save(record: RunRecord): void {
    writeFileWhole(join(this.folder(record.id), "run.json"), `${JSON.stringify(record, null, 2)}\n`);
  }

  append(id: string, entry: JournalEntry): void {
    // The break stands in front: a line that a crash cut off mustn't swallow the next.
    const file = join(this.folder(id), "journal.jsonl");
    writing(file, () => appendFileSync(file, `\n${JSON.stringify(entry)}`));
  }

  /** What a run finished. A last line that a crash cut off didn't finish. */
  journal(id: string): JournalEntry[] {
    const file = join(this.folder(id), "journal.jsonl");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as JournalEntry];
        } catch {
          return [];
        }
      });
  }

  /** Keeps a file of a run as it was after a step: dbt writes over its own. */
  keep(id: string, step: string, file: string, name: string): void {
    if (!existsSync(file)) return;
    const copy = join(this.folder(id), step, name);
    writing(copy, () => {
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(file, copy);
    });
  }

  /** All runs, newest first. What isn't a run's folder is left out. */
  list(): RunRecord[] {
    if (!existsSync(this.dir)) return [];
    return readdirSync(this.dir)
      .sort()
      .reverse()
      .flatMap((id) => this.#read(id) ?? []);
  }

  /**
   * A run by its id, or by the first characters of it where they are enough.
   *
   * @throws FloeError `RUN.NOT_FOUND`.
   */
  find(id: string): RunRecord {
    const found = this.list().filter((run) => run.id.startsWith(id));
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    throw new FloeError(
      "RUN.NOT_FOUND",
      `${found.length === 0 ? "No run has" : "Several runs have"} the id ${id}.`,
      {
        next: ["floe runs list"],
      },
    );
  }

  /** Removes old runs. */
  prune(): void {
    for (const { id } of this.list().slice(KEPT)) {
      const spooled = ["lineage.jsonl", "traces.jsonl"].some((name) =>
        isWaiting(join(this.folder(id), name)),
      );
      if (!spooled) rmSync(this.folder(id), { recursive: true, force: true });
    }
  }

  #read(id: string): RunRecord | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder(id), "run.json"), "utf8")) as RunRecord;
    } catch {
      return undefined;
    }
  }
}

/** Whether a file's delivery was begun and isn't complete. One that was never begun has nobody to go to. */
function isWaiting(file: string): boolean {
  if (!existsSync(file) || !existsSync(`${file}.sent`)) return false;
  return Number(readFileSync(`${file}.sent`, "utf8")) < readFileSync(file).length;
}
