import { FloeError, type PythonCallOptions, type PythonWorker } from "@floe/core/contracts";
import { currentCallSignal } from "../calls/deadline.ts";
import { type WorkerCommand, WorkerProcess } from "./worker-process.ts";

/**
 * A worker that outlives its processes: calls go one after another to one process, and after a process
 * broke, ended or was abandoned, the next call starts a fresh one.
 */
export class RestartingWorker implements PythonWorker {
  readonly #name: string;
  readonly #command: () => Promise<WorkerCommand>;
  #process: Promise<WorkerProcess>;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Starts the first process at once, so that its imports run while the caller does other things. */
  constructor(name: string, command: () => Promise<WorkerCommand>) {
    this.#name = name;
    this.#command = command;
    this.#process = this.#start();
  }

  call<T>(method: string, params: Record<string, unknown> = {}, options: PythonCallOptions = {}): Promise<T> {
    // Taken now: the turn may come in another call's context.
    const outer = [currentCallSignal(), options.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(outer);
    const answer = this.#turn.then(() => this.#callNow(method, params, options, signal));
    this.#turn = answer.catch(() => {});
    return answer as Promise<T>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = await this.#process.catch(() => undefined);
    await running?.close();
  }

  async #callNow(
    method: string,
    params: Record<string, unknown>,
    { timeoutMs, onProgress }: PythonCallOptions,
    signal: AbortSignal,
  ): Promise<unknown> {
    signal.throwIfAborted();
    if (this.#closed) {
      throw new FloeError("PYTHON.WORKER_EXITED", `${this.#name} has been closed.`, {
        next: ["floe doctor"],
      });
    }
    let running = await this.#process.catch(() => undefined);
    if (running === undefined || !running.alive) {
      this.#process = this.#start();
      running = await this.#process;
    }
    const current = running;
    const abandon = (): void =>
      current.kill(
        new FloeError("RUN.INTERRUPTED", `${method} in ${this.#name} was abandoned.`, {
          cause: signal.reason,
        }),
      );
    signal.addEventListener("abort", abandon, { once: true });
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => current.kill(current.describeTimeout(method, timeoutMs)), timeoutMs);
    try {
      return await current.call(method, params, onProgress);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abandon);
    }
  }

  #start(): Promise<WorkerProcess> {
    const starting = this.#command().then((command) => new WorkerProcess(this.#name, command));
    // The first call reports it; a worker that is never called has nobody to tell.
    starting.catch(() => {});
    return starting;
  }
}
