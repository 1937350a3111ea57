import { type ChildProcess, spawn } from "node:child_process";
import { ERROR_CODES, type ErrorCode, FloeError } from "@floe/core/contracts";
import { LineReader } from "./line-reader.ts";

export interface WorkerCommand {
  program: string;
  parameters: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

interface PendingCall {
  id: number;
  resolve(result: unknown): void;
  reject(error: FloeError): void;
  onProgress: ((progress: unknown) => void) | undefined;
}

/** A message of JSON-RPC 2.0, as far as it can be trusted. */
interface Message {
  id?: unknown;
  method?: unknown;
  params?: unknown;
  result?: unknown;
  error?: { message?: unknown; data?: unknown };
}

/** The longest answer: what is larger belongs into a file that the answer names. */
const LONGEST_LINE = 64 * 1024 * 1024;
const KEPT_STDERR = 4096;
const GRACE_MS = 2000;

/**
 * One process that answers JSON-RPC, a message a line, on stdin and stdout. Lives until it breaks the
 * protocol, ends, or is closed; then every call fails, and its owner starts another.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #ended = Promise.withResolvers<void>();
  #pending: PendingCall | undefined;
  #failure: FloeError | undefined;
  #stderr = "";
  #nextId = 1;

  /** @param name How messages speak of it: the worker's module. */
  constructor(name: string, { program, parameters, cwd, env }: WorkerCommand) {
    this.#name = name;
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
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    // A worker that is gone shows in `close`; writing to it is no second error.
    child.stdin.on("error", () => {});
    child.once("error", (error) =>
      this.#end(this.#exited(`It couldn't be started: ${error.message}`, error)),
    );
    child.once("close", (code, signal) => {
      this.#end(
        this.#exited(signal === null ? `It exited with code ${code}.` : `It was ended by ${signal}.`),
      );
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
    this.#end(reason);
    this.#signal("SIGKILL");
  }

  /** Ends the process: asks by closing its input, then insists. */
  async close(): Promise<void> {
    this.#hold();
    this.#child.stdin?.end();
    const timers = [
      setTimeout(() => this.#signal("SIGTERM"), GRACE_MS),
      setTimeout(() => this.#signal("SIGKILL"), 2 * GRACE_MS),
    ];
    await this.#ended.promise;
    for (const timer of timers) clearTimeout(timer);
  }

  /** The last lines that it wrote to stderr; where its reasons are. */
  get #lastWords(): string {
    const lines = this.#stderr.trim().split("\n").slice(-10).join("\n");
    return lines === "" ? "" : `\nIts last lines:\n${lines}`;
  }

  describeTimeout(method: string, limitMs: number): FloeError {
    return new FloeError(
      "PYTHON.WORKER_TIMEOUT",
      `${this.#name} didn't answer ${method} within ${limitMs / 1000} s.`,
      {
        why: `It was ended.${this.#lastWords}`,
        next: ["Try again; if it goes on, run with --verbose to see what it is doing."],
      },
    );
  }

  #receive(line: string): void {
    if (this.#failure !== undefined || line.trim() === "") return;
    let message: Message;
    try {
      message = JSON.parse(line) as Message;
      if (typeof message !== "object" || message === null) throw new SyntaxError("not a message");
    } catch {
      this.#break(`It wrote to stdout: ${JSON.stringify(line.slice(0, 200))}`);
      return;
    }
    const pending = this.#pending;
    if (message.method === "progress" && message.id === undefined) {
      pending?.onProgress?.(message.params);
      return;
    }
    if (pending === undefined || message.id !== pending.id) {
      this.#break(`It answered call ${JSON.stringify(message.id)}; ${pending?.id ?? "none"} was asked.`);
    } else if (message.error !== undefined) pending.reject(this.#raised(message.error));
    else if ("result" in message) pending.resolve(message.result);
    else this.#break("Its answer has neither a result nor an error.");
  }

  /** What a function raised: a coded error as it was meant, any other exception by type and message. */
  #raised({ message, data }: NonNullable<Message["error"]>): FloeError {
    const given = (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
    const text = typeof message === "string" ? message : "It raised an exception.";
    if (typeof given.code === "string" && given.code in ERROR_CODES) {
      const next = Array.isArray(given.next) ? given.next.map(String) : [];
      const where = given.where as { file: string } | null | undefined;
      return new FloeError(given.code as ErrorCode, text, {
        why: typeof given.why === "string" ? given.why : undefined,
        next,
        where: typeof where?.file === "string" ? where : undefined,
      });
    }
    return new FloeError("PYTHON.CALL_FAILED", `${this.#name} failed.`, {
      why: text,
      next: ["Run with --verbose to see the worker's log."],
      cause: typeof given.traceback === "string" ? new Error(given.traceback) : undefined,
    });
  }

  #break(why: string): void {
    this.kill(
      new FloeError("PYTHON.WORKER_PROTOCOL", `${this.#name} broke the protocol of floe's workers.`, {
        why: `${why}${this.#lastWords}`,
        next: ["Tell the author of the plugin that it belongs to."],
      }),
    );
  }

  #exited(why: string, cause?: unknown): FloeError {
    return new FloeError("PYTHON.WORKER_EXITED", `${this.#name} ended unexpectedly.`, {
      why: why + this.#lastWords,
      next: ["Try again; if it goes on, run with --verbose to see the worker's log."],
      cause,
    });
  }

  #end(failure: FloeError): void {
    this.#failure ??= failure;
    this.#pending?.reject(this.#failure);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) {
      this.#ended.resolve();
    }
  }

  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, signal);
    } catch {
      // It ended in the meantime, which is what was wanted.
    }
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
