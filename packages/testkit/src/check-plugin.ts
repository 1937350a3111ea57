import type { OptionsByKind, TestedKind } from "./options.ts";
import { KIND_RULES } from "./rules/kinds.ts";
import { describeFailure, Session } from "./session/session.ts";

/** How a plugin did, by the ids of rules. */
export interface Report {
  passed: readonly string[];
  failed: readonly { rule: string; title: string; message: string }[];
  skipped: readonly { rule: string; reason: string }[];
}

/** Checks a plugin by all rules of its kind, without a test runner. */
export async function checkPlugin<K extends TestedKind>(kind: K, options: OptionsByKind[K]): Promise<Report> {
  const session = new Session(KIND_RULES[kind], options);
  const passed: string[] = [];
  const failed: { rule: string; title: string; message: string }[] = [];
  const skipped: { rule: string; reason: string }[] = [];
  for (const rule of session.rules) {
    const reason = session.reasonToSkip(rule);
    if (reason !== undefined) {
      skipped.push({ rule: rule.id, reason });
      continue;
    }
    try {
      await session.check(rule);
      passed.push(rule.id);
    } catch (error) {
      failed.push({ rule: rule.id, title: rule.title, message: describeFailure(error) });
    }
  }
  return { passed, failed, skipped };
}
