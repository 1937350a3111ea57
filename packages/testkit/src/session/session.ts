import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { FloeError, isFloeError } from "@floe/core";
import { Canaries } from "../context/canaries.ts";
import type { OptionsByKind, TestedKind } from "../options.ts";
import type { KindRules, Rule } from "../rule.ts";
import { allRules } from "../rules/all.ts";
import { Evidence } from "./evidence.ts";
import { withinLimit } from "./limit.ts";
import { watchOutput } from "./output.ts";
import { Subject } from "./subject.ts";

/** Larger files aren't searched for secrets: they are data. */
const LARGEST_SEARCHED = 1024 * 1024;

/** All rules of a kind under an author's options, each checked in a folder of its own. */
export class Session<K extends TestedKind> {
  readonly rules: readonly Rule<K>[];
  readonly limitMs: number;
  readonly #kind: KindRules<K>;
  readonly #options: OptionsByKind[K];
  readonly #canaries: Canaries;
  readonly #evidence: Evidence;

  /** @throws FloeError `USAGE.INVALID_ARGUMENT` for options that make no sense. */
  constructor(kind: KindRules<K>, options: OptionsByKind[K]) {
    this.#kind = kind;
    this.#options = options;
    this.#canaries = new Canaries(options.secrets);
    this.#evidence = new Evidence(this.#canaries);
    this.rules = allRules(kind);
    this.limitMs = options.limitMs ?? 60_000;
    for (const id of Object.keys(options.skip ?? {})) {
      if (this.rules.some((rule) => rule.id === id)) continue;
      throw new FloeError("USAGE.INVALID_ARGUMENT", `The option \`skip\` names ${id}, which isn't a rule.`, {
        why: `The rules of ${kind.kind} are ${this.rules.map((rule) => rule.id).join(", ")}.`,
        next: ["Correct or remove it."],
      });
    }
  }

  /** Why a rule isn't checked; undefined where it is. */
  reasonToSkip(rule: Rule<K>): string | undefined {
    return this.#options.skip?.[rule.id] ?? rule.notApplicable?.(this.#options);
  }

  /** Checks one rule. Rejects with what is wrong. */
  async check(rule: Rule<K>): Promise<void> {
    const path = join(tmpdir(), `floe-testkit-${randomUUID()}`);
    await mkdir(path);
    const dir = await realpath(path);
    const subject = new Subject(this.#kind, this.#options, {
      dir,
      evidence: this.#evidence,
      canaries: this.#canaries,
    });
    const tooLate = (): string => {
      const calls = [...this.#evidence.pending];
      const what = calls.length === 0 ? "" : ` Not ended: ${calls.join(", ")}.`;
      return `It wasn't done within ${this.limitMs / 1000} s.${what}`;
    };
    try {
      await watchOutput(this.#evidence, () => withinLimit(this.limitMs, tooLate, rule.check(subject)));
    } finally {
      this.#evidence.pending.clear();
      await watchOutput(this.#evidence, () => subject.finish());
      await this.#searchFiles(dir);
      await rm(dir, { recursive: true, force: true });
    }
  }

  async #searchFiles(dir: string): Promise<void> {
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      if ((await stat(file)).size > LARGEST_SEARCHED) continue;
      this.#evidence.sawValue(`the file ${relative(dir, file)}`, await readFile(file, "latin1"));
    }
  }
}

/** What a rule found, in words for the plugin's author. */
export function describeFailure(error: unknown): string {
  if (isFloeError(error)) {
    return `The plugin threw ${error.code}: ${[error.summary, error.why].filter(Boolean).join(" ")}`;
  }
  return error instanceof Error ? error.message.trimEnd() : String(error);
}
