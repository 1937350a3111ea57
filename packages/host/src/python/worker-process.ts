import { type ChildProcess, spawn } from "node:child_process";
import { FloeError } from "@floe/core/contracts";
import { signalGroup } from "../process/process-group.ts";
import { LineReader } from "./line-reader.ts";
import { StderrTail } from "./stderr-tail.ts";
import { quote, raisedError, readMessage } from "./worker-message.ts";

export interface WorkerCommand {
  program: string;
  parameters: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

interface PendingCall {
  id: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onProgress: ((progress: unknown) => void) | undefined;
}

/** The longest answer: what is larger belongs into a file that the answer names. */
const LONGEST_LINE = 64 * 1024 * 1024;
const GRACE_MS = 2000;
/** How long after its end a worker's last output may still come in. */
const DRAIN_MS = 500;

/**
 * One process that answers JSON-RPC, a message a line, on stdin and stdout. Lives until it breaks the
 * protocol, ends, or is closed; then every call fails, and its owner starts another.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #stderr: StderrTail;
  readonly #gone = Promise.withResolvers<void>();
  #pending: PendingCall | undefined;
  #failure: FloeError | undefined;
  #drained: NodeJS.Timeout | undefined;
  #nextId = 1;

  /**
   * @param name How messages speak of it: the worker's module.
   * @param onLog Receives each line that it writes to stderr.
   */
  constructor(
    name: string,
    { program, parameters, cwd, env }: WorkerCommand,
    onLog?: (line: string) => void,
  ) {
    this.#name = name;
    this.#stderr = new StderrTail(onLog);
    // A group of its own, so that what the worker starts ends with it.
    const child = spawn(program, parameters, {
      cwd,
      env: { ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    this.#child = child;
    const reader = new LineReader(
      LONGEST_LINE,
      (line) => this.#receive(line),
      () => this.#break(`It sent more than ${LONGEST_LINE / 1024 / 1024} MiB in one answer.`),
    );
    child.stdout.on("data", (chunk: Buffer) => reader.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#stderr.push(text));
    // A worker that is gone shows in `close`; writing to it is no second error.
    child.stdin.on("error", () => {});
    child.once("error", (error) => {
      this.#fail(this.#exited(`It couldn't be started: ${error.message}`, error));
      if (child.pid === undefined) this.#gone.resolve();
    });
    child.once("exit", () => {
      // What it started and left behind would hold its pipes open, and outlive floe.
      signalGroup(child.pid, "SIGKILL");
      this.#drained = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, DRAIN_MS);
    });
    child.once("close", (code, signal) => {
      clearTimeout(this.#drained);
      this.#fail(
        this.#exited(signal === null ? `It exited with code ${code}.` : `It was ended by ${signal}.`),
      );
      this.#gone.resolve();
    });
    this.#letGo();
  }

  /** Whether it can take calls. */
  get alive(): boolean {
    return this.#failure === undefined;
  }

  /** Makes one call. The caller sees to it that there is one at a time. */
  async call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    onProgress?: (progress: unknown) => void,
  ): Promise<unknown> {
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#hold();
    try {
      return await new Promise((resolve, reject) => {
        this.#pending = { id, resolve, reject, onProgress };
        this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      });
    } finally {
      this.#pending = undefined;
      this.#letGo();
    }
  }

  /** Ends the process at once, and with it all that it started. The call under way fails with `reason`. */
  kill(reason: FloeError): void {
    this.#fail(reason);
    if (!this.#hasExited) signalGroup(this.#child.pid, "SIGKILL");
  }

  /** Resolves once the process has ended, and holds nothing (a database, a port) any more. */
  async gone(): Promise<void> {
    this.#hold();
    await this.#gone.promise;
  }

  /** Ends the process: asks by closing its input, then insists. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const insist = (signal: "SIGTERM" | "SIGKILL"): void => {
      if (!this.#hasExited) signalGroup(this.#child.pid, signal);
    };
    const timers = [setTimeout(insist, GRACE_MS, "SIGTERM"), setTimeout(insist, 2 * GRACE_MS, "SIGKILL")];
    await this.gone();
    for (const timer of timers) clearTimeout(timer);
  }

  describeTimeout(method: string, limitMs: number): FloeError {
    return new FloeError(
      "PYTHON.WORKER_TIMEOUT",
      `${this.#name} didn't answer ${method} within ${limitMs / 1000} s.`,
      {
        why: `It was ended.${this.#stderr.lastWords}`,
        next: ["Try again; if it goes on, run with --verbose to see what it is doing."],
      },
    );
  }

  get #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #receive(line: string): void {
    if (this.#failure !== undefined || line.trim() === "") return;
    const message = readMessage(line);
    const pending = this.#pending;
    if (message.kind === "rubbish") this.#break(message.why);
    else if (message.kind === "progress") this.#report(message.value);
    else if (pending === undefined || message.id !== pending.id)
      this.#break(`It answered call ${quote(message.id)}; ${pending?.id ?? "none"} was asked.`);
    else if (message.kind === "error") pending.reject(raisedError(this.#name, message.error));
    else pending.resolve(message.result);
  }

  /** A listener that throws fails the call that it listens to, which can't be followed any further. */
  #report(progress: unknown): void {
    try {
      this.#pending?.onProgress?.(progress);
    } catch (error) {
      this.#pending?.reject(error);
      this.kill(new FloeError("RUN.INTERRUPTED", `A call to ${this.#name} was abandoned.`, { cause: error }));
    }
  }

  #break(why: string): void {
    this.kill(
      new FloeError("PYTHON.WORKER_PROTOCOL", `${this.#name} broke the protocol of floe's workers.`, {
        why: `${why}${this.#stderr.lastWords}`,
        next: ["Tell the author of the plugin that it belongs to."],
      }),
    );
  }

  #exited(why: string, cause?: unknown): FloeError {
    return new FloeError("PYTHON.WORKER_EXITED", `${this.#name} ended unexpectedly.`, {
      why: why + this.#stderr.lastWords,
      next: ["Try again; if it goes on, run with --verbose to see the worker's log."],
      cause,
    });
  }

  #fail(failure: FloeError): void {
    this.#failure ??= failure;
    this.#pending?.reject(this.#failure);
  }

  // An idle worker must not keep floe from ending; one that is asked something must.
  #letGo(): void {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr])
      (stream as { unref?(): void } | null)?.unref?.();
  }

  #hold(): void {
    this.#child.ref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr])
      (stream as { ref?(): void } | null)?.ref?.();
  }
}
