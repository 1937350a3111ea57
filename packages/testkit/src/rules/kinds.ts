import type { TestedKind } from "../options.ts";
import type { KindRules } from "../rule.ts";
import { computeRules } from "./compute/index.ts";
import { storageRules } from "./storage/index.ts";

/** What is tested of each kind. */
export const KIND_RULES: { readonly [K in TestedKind]: KindRules<K> } = {
  storage: storageRules,
  compute: computeRules,
};
