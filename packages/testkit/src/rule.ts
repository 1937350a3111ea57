import type { PluginInterfaces } from "@floe/core";
import type { OptionsByKind, TestedKind } from "./options.ts";
import type { Subject } from "./session/subject.ts";

/** One sentence of the contract that can be checked. */
export interface Rule<K extends TestedKind> {
  /** Stable, for `skip` and reports: `storage.ranges`. */
  readonly id: string;
  /** What a plugin does that keeps the rule: "reads byte ranges". */
  readonly title: string;
  /** Why the rule doesn't apply under these options; undefined where it does. */
  notApplicable?(options: OptionsByKind[K]): string | undefined;
  /** Resolves if the plugin keeps the rule; rejects with words for its author if not. */
  check(subject: Subject<K>): Promise<void>;
}

/** A rule that holds for every kind. */
export interface CommonRule {
  readonly id: string;
  readonly title: string;
  notApplicable?(options: OptionsByKind[TestedKind]): string | undefined;
  check<K extends TestedKind>(subject: Subject<K>): Promise<void>;
}

/** A call that must be pure: no I/O, and the same answer each time. */
export interface PureCall<K extends TestedKind> {
  /** For messages: `getWarehouseUri("bronze")`. */
  readonly title: string;
  call(plugin: PluginInterfaces[K]): unknown;
}

/** A call that reaches the system behind the plugin. */
export interface LiveCall<K extends TestedKind> {
  readonly title: string;
  /** `answers`: gives a `ConnectionResult`, whatever happens. `throws`: gives its result or a coded error. */
  readonly failure: "answers" | "throws";
  call(plugin: PluginInterfaces[K], subject: Subject<K>): Promise<unknown>;
}

/** What the rules that all kinds share need to know of one kind, and the kind's own rules. */
export interface KindRules<K extends TestedKind> {
  readonly kind: K;
  /** Members that an implementation must have, with their `typeof`. */
  readonly members: Readonly<Record<string, "function" | "boolean" | "string">>;
  pureCalls(subject: Subject<K>): readonly PureCall<K>[];
  readonly liveCalls: readonly LiveCall<K>[];
  readonly rules: readonly Rule<K>[];
}
