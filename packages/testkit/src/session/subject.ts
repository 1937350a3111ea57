import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  API_VERSION,
  completePlugin,
  type PluginDefinition,
  type PluginImplementation,
  type PluginInterfaces,
} from "@floe/core";
import type { Canaries } from "../context/canaries.ts";
import { createTestContext, type TestContext } from "../context/test-context.ts";
import type { ConfigSource, OptionsByKind, TestedKind } from "../options.ts";
import type { KindRules } from "../rule.ts";
import type { Evidence } from "./evidence.ts";
import { withinLimit } from "./limit.ts";
import { observe } from "./observe.ts";

const STOP_LIMIT_MS = 5_000;

/** A plugin made for a rule. */
export interface Instance<K extends TestedKind> {
  /** The whole plugin, watched. */
  readonly plugin: PluginInterfaces[K];
  /** What `create` gave, as it is. */
  readonly implementation: PluginImplementation<K>;
  readonly context: TestContext;
  /** The parsed config that it was made with. */
  readonly config: unknown;
}

export interface CreateOptions {
  /** A config in place of the usual one, unparsed. */
  config?: unknown;
  /** Let no secret be found. */
  withoutSecrets?: boolean;
}

/** What one rule checks: the plugin under the options of its author, in a folder of the rule's own. */
export class Subject<K extends TestedKind> {
  readonly options: OptionsByKind[K];
  readonly kind: KindRules<K>;
  readonly dir: string;
  readonly evidence: Evidence;
  readonly deadlineMs: number;
  readonly #canaries: Canaries;
  readonly #contexts: TestContext[] = [];
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  #config: Promise<unknown> | undefined;

  constructor(
    kind: KindRules<K>,
    options: OptionsByKind[K],
    shared: { dir: string; evidence: Evidence; canaries: Canaries },
  ) {
    this.kind = kind;
    this.options = options;
    this.dir = shared.dir;
    this.evidence = shared.evidence;
    this.deadlineMs = options.deadlineMs ?? 10_000;
    this.#canaries = shared.canaries;
  }

  get definition(): PluginDefinition {
    return this.options.plugin as PluginDefinition;
  }

  /** A fresh copy of the author's config, unparsed; made once per rule. */
  async config(): Promise<unknown> {
    this.#config ??= this.resolve(this.options.config);
    return structuredClone(await this.#config);
  }

  /** The config behind a source, made for this rule's folder. */
  async resolve(source: ConfigSource): Promise<unknown> {
    return typeof source === "function" ? await source({ dir: this.dir }) : structuredClone(source);
  }

  /** Makes the plugin, as the host does; it isn't started. */
  async create({ config, withoutSecrets = false }: CreateOptions = {}): Promise<Instance<K>> {
    const parsed = this.definition.configSchema.safeParse(config ?? (await this.config()));
    assert(parsed.success, `configSchema refuses a config that should be fine: ${parsed.error?.message}`);
    const pkg = this.packageJson();
    const context = createTestContext({
      kind: this.kind.kind,
      name: this.definition.name,
      dir: this.dir,
      secrets: withoutSecrets ? "missing" : this.#canaries,
      connectionSecret: this.options.connectionSecret,
      python: this.options.python,
      ...(pkg?.dir === undefined ? {} : { packageDir: pkg.dir }),
      ...(typeof pkg?.content.name === "string" ? { package: pkg.content.name } : {}),
      ...(typeof pkg?.content.version === "string" ? { version: pkg.content.version } : {}),
    });
    this.#contexts.push(context);
    const implementation = this.definition.create(parsed.data, context) as PluginImplementation<K>;
    const { name, version } = context.plugin;
    const identity = { name, version, floeApiVersion: API_VERSION };
    const whole = completePlugin(this.kind.kind, identity, implementation);
    return {
      plugin: observe(whole, this.evidence),
      implementation,
      context,
      config: parsed.data,
    };
  }

  /** Makes the plugin and starts it; it is stopped when the rule is done. */
  async start(options: CreateOptions = {}): Promise<Instance<K>> {
    const instance = await this.create(options);
    const { plugin } = instance;
    if (plugin.startup !== undefined) {
      this.later(async () => plugin.shutdown?.());
      await plugin.startup();
    }
    return instance;
  }

  /** Does something when the rule is done, the latest first. */
  later(task: () => Promise<unknown>): void {
    this.#cleanups.push(task);
  }

  /** The plugin's package.json, where the options give one. */
  packageJson(): { content: Readonly<Record<string, unknown>>; dir: string | undefined } | undefined {
    const given = this.options.packageJson;
    if (given === undefined) return undefined;
    if (typeof given === "object" && !(given instanceof URL)) return { content: given, dir: undefined };
    const file = given instanceof URL || given.startsWith("file:") ? fileURLToPath(given) : given;
    return { content: JSON.parse(readFileSync(file, "utf8")), dir: dirname(file) };
  }

  /** Ends everything that the rule began, and looks at what was logged. */
  async finish(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) {
      const stopping = cleanup().catch(() => undefined);
      await withinLimit(STOP_LIMIT_MS, () => "", stopping).catch(() => undefined);
    }
    for (const context of this.#contexts) {
      for (const record of context.logs) this.evidence.sawValue(`the log line "${record.message}"`, record);
      context.abort();
    }
  }
}
