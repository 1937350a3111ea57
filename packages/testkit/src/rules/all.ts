import type { TestedKind } from "../options.ts";
import type { KindRules, Rule } from "../rule.ts";
import { configRules } from "./common/config.ts";
import { connectionRules } from "./common/connection.ts";
import { definitionRules } from "./common/definition.ts";
import { hygieneRules } from "./common/hygiene.ts";
import { lifecycleRules } from "./common/lifecycle.ts";
import { purityRules } from "./common/purity.ts";

const first = [...definitionRules, ...configRules, ...purityRules, ...lifecycleRules];
/** Those of hygiene come last: they judge also what was seen while the others ran. */
const last = [...connectionRules, ...hygieneRules];

/** The rules that all kinds share. */
export const commonRules = [...first, ...last];

/** The rules of a kind in the order in which they are checked. */
export function allRules<K extends TestedKind>({ rules }: KindRules<K>): readonly Rule<K>[] {
  return [...first, ...rules, ...last];
}
