import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@floe/core";
import { writing } from "../process/write-file.ts";

/** Sends one line. `refused`: the receiver will never take it; what throws is tried again later. */
export type Send = (line: string, signal: AbortSignal) => Promise<"delivered" | "refused">;

export interface DeliveryOptions {
  /** The folder of runs; their names sort by time. */
  runsDir: string;
  /** The file of lines in each run's folder: `lineage.jsonl`. */
  fileName: string;
  /** What the lines are, for the log: `lineage events`. */
  what: string;
  send: Send;
  logger: Logger;
}

/** Marks a file of lines as one to be delivered. @throws FloeError `PROJECT.UNWRITABLE`. */
export function spool(file: string): void {
  const sent = `${file}.sent`;
  if (!existsSync(sent)) writing(sent, () => writeFileSync(sent, "0"));
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const IDLE_MS = 200;

/**
 * Delivers what runs have written to disk, beside the work: line by line in the order of runs and lines, so
 * that a backlog arrives as it was written. How far it has come stands in a file beside each, `<file>.sent`
 * with the number of bytes; where there is none, the lines were never meant to be sent (see {@link spool}).
 * A receiver that is down only makes the backlog grow.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #stopped = new AbortController();
  readonly #loop: Promise<void>;
  /** Ends the current pause. */
  #wake: () => void = () => {};
  #failing = false;
  #idle = false;
  #delivered = 0;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#loop = this.#run().catch((error: unknown) => {
      if (!this.#stopped.signal.aborted) options.logger.warn(`Delivery stopped: ${(error as Error).message}`);
    });
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** Lines that wait. */
  get pending(): number {
    return this.#backlog().reduce((sum, { rest }) => sum + rest.split("\n").length - 1, 0);
  }

  /**
   * Waits for the rest to be delivered, for so long at most, and ends. A receiver that is failing isn't
   * waited for at all: the next run delivers what is left.
   */
  async finish(graceMs: number): Promise<void> {
    const deadline = Date.now() + graceMs;
    this.#idle = false;
    this.#wake();
    while (!this.#idle && !this.#failing && Date.now() < deadline) await sleep(5);
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const [next] = this.#backlog();
      if (next === undefined) {
        this.#idle = true;
        await this.#pause(IDLE_MS);
        continue;
      }
      this.#idle = false;
      await this.#deliver(next);
    }
  }

  /** A file's lines one after another; ends at the first that isn't taken. */
  async #deliver({ file, sent, rest }: Backlog): Promise<void> {
    const { send, logger, what } = this.#options;
    let offset = sent;
    for (const line of rest.split("\n").slice(0, -1)) {
      if (this.#stopped.signal.aborted) return;
      try {
        const outcome = await send(line, this.#stopped.signal);
        if (outcome === "refused")
          logger.warn(`The receiver refused one of the ${what}; it stays in ${file}.`);
        else this.#delivered += 1;
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        if (!this.#failing) {
          logger.info(
            `The ${what} can't be delivered now; they wait in ${file}. ${(error as Error).message}`,
          );
        }
        this.#failing = true;
        await this.#pause(this.#pauseMs);
        this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
        return;
      }
      this.#failing = false;
      this.#pauseMs = FIRST_PAUSE_MS;
      offset += Buffer.byteLength(line) + 1;
      writeFileSync(`${file}.sent`, String(offset));
    }
  }

  /** Files with complete lines that weren't sent, oldest run first. */
  #backlog(): Backlog[] {
    const { runsDir, fileName } = this.#options;
    if (!existsSync(runsDir)) return [];
    return readdirSync(runsDir)
      .sort()
      .flatMap((run) => {
        const file = join(runsDir, run, fileName);
        if (!existsSync(file) || !existsSync(`${file}.sent`)) return [];
        const sent = Number(readFileSync(`${file}.sent`, "utf8")) || 0;
        const rest = readFileSync(file).subarray(sent).toString("utf8");
        const whole = rest.slice(0, rest.lastIndexOf("\n") + 1);
        return whole === "" ? [] : [{ file, sent, rest: whole }];
      });
  }

  async #pause(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const signal = AbortSignal.any([this.#stopped.signal, woken.signal]);
    await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
  }
}

interface Backlog {
  file: string;
  /** Bytes of it that were sent. */
  sent: number;
  /** What follows them: complete lines. */
  rest: string;
}
