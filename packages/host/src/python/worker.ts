import { FloeError, type PythonCallOptions, type PythonWorker } from "@floe/core/contracts";
import { currentCallSignal } from "../calls/deadline.ts";
import { type WorkerCommand, WorkerProcess } from "./worker-process.ts";

export interface RestartingWorkerOptions {
  /** Ends every call: the user's interrupt. */
  signal?: AbortSignal | undefined;
  /** Receives each line that the worker writes to stderr. */
  onLog?: ((line: string) => void) | undefined;
}

/**
 * A worker that outlives its processes: calls go one after another to one process, and after a process
 * broke, ended or was abandoned, the next call starts a fresh one.
 */
export class RestartingWorker implements PythonWorker {
  readonly #name: string;
  readonly #command: () => Promise<WorkerCommand>;
  readonly #options: RestartingWorkerOptions;
  #process: Promise<WorkerProcess> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Starts the first process at once, so that its imports run while the caller does other things. */
  constructor(name: string, command: () => Promise<WorkerCommand>, options: RestartingWorkerOptions = {}) {
    this.#name = name;
    this.#command = command;
    this.#options = options;
    this.#process = this.#start();
  }

  async call<T>(
    method: string,
    params: Record<string, unknown> = {},
    options: PythonCallOptions = {},
  ): Promise<T> {
    // Taken now: the turn may come in another call's context.
    const outer = [currentCallSignal(), options.signal, this.#options.signal];
    const signal = AbortSignal.any(outer.filter((one) => one !== undefined));
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = before.then(() => promise);
    try {
      await this.#unlessAborted(method, signal, before);
      return (await this.#callNow(method, params, options, signal)) as T;
    } finally {
      resolve();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = await this.#process?.catch(() => undefined);
    await running?.close();
  }

  async #callNow(
    method: string,
    params: Record<string, unknown>,
    { timeoutMs, onProgress }: PythonCallOptions,
    signal: AbortSignal,
  ): Promise<unknown> {
    const running = await this.#unlessAborted(method, signal, this.#ready());
    if (signal.aborted) throw this.#abandoned(method, signal);
    const abandon = (): void => running.kill(this.#abandoned(method, signal));
    signal.addEventListener("abort", abandon, { once: true });
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => running.kill(running.describeTimeout(method, timeoutMs)), timeoutMs);
    try {
      return await running.call(method, params, onProgress);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abandon);
    }
  }

  /** The process to call: the one that runs, else a fresh one, after the old has let go of what it held. */
  async #ready(): Promise<WorkerProcess> {
    if (this.#closed) throw this.#refusal();
    const running = await this.#started();
    if (running.alive) return running;
    await running.gone();
    this.#process = undefined;
    return this.#started();
  }

  async #started(): Promise<WorkerProcess> {
    this.#process ??= this.#start();
    try {
      return await this.#process;
    } catch (error) {
      // Told to one call; the next tries again.
      this.#process = undefined;
      throw error;
    }
  }

  #start(): Promise<WorkerProcess> {
    const starting = this.#command().then((command) => {
      if (this.#closed) throw this.#refusal();
      return new WorkerProcess(this.#name, command, this.#options.onLog);
    });
    // The first call reports a failure; a worker that is never called has nobody to tell.
    starting.catch(() => {});
    return starting;
  }

  /** Waits for what comes before the call itself, which an abort ends without harm to the process. */
  async #unlessAborted<T>(method: string, signal: AbortSignal, waited: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(this.#abandoned(method, signal));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([promise, waited]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #abandoned(method: string, { reason }: AbortSignal): FloeError {
    return new FloeError("RUN.INTERRUPTED", `${method} in ${this.#name} was abandoned.`, { cause: reason });
  }

  #refusal(): FloeError {
    return new FloeError("PYTHON.WORKER_EXITED", `${this.#name} has been closed.`, {
      next: ["floe doctor"],
    });
  }
}
