import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Marks a line that is an answer: what is asked prints as it likes. */
const MARK = "\u001e";

/** A Python process that answers questions about an orchestrator, one a line. Its imports are paid for once. */
export class Probe implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #output = "";

  constructor(python: string, script: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn(python, [script], { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#output = (this.#output + text).slice(-8000);
    });
    if (this.#child.stdout === null) throw new Error("no stdout");
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask<T>(question: string, parameters: Record<string, unknown>): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify([question, parameters])}\n`);
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(`The probe ended at ${question}:\n${this.#output}`);
      if (value.startsWith(MARK)) return JSON.parse(value.slice(MARK.length)) as T;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
  }
}
