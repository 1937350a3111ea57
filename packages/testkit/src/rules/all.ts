import type { TestedKind } from "../options.ts";
import type { KindRules, Rule } from "../rule.ts";
import { configRules } from "./common/config.ts";
import { connectionRules } from "./common/connection.ts";
import { definitionRules } from "./common/definition.ts";
import { hygieneRules } from "./common/hygiene.ts";
import { lifecycleRules } from "./common/lifecycle.ts";
import { purityRules } from "./common/purity.ts";

/**
 * The rules of a kind in the order in which they are checked. Those of hygiene come last: they judge also
 * what was seen while the others ran.
 */
export function allRules<K extends TestedKind>(kind: KindRules<K>): readonly Rule<K>[] {
  return [
    ...definitionRules,
    ...configRules,
    ...purityRules,
    ...lifecycleRules,
    ...kind.rules,
    ...connectionRules,
    ...hygieneRules,
  ];
}
