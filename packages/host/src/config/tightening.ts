/**
 * What a child manifest may do to a value that its parent set. Everything else of a manifest a child may
 * simply override.
 */
export type Tightening =
  /** Weakest first: the child's value must be the parent's or a later one. */
  | { rule: "rises"; order: readonly unknown[] }
  /** A number that must not get smaller. */
  | { rule: "never falls" }
  /** May not be changed. */
  | { rule: "fixed" }
  /** A list: the child's entries are added to the parent's. */
  | { rule: "adds" }
  /** A list that must hold all of the parent's entries. */
  | { rule: "holds all" }
  /** A list that may only have entries of the parent's. */
  | { rule: "only from" }
  /** A child may not set it at all: only who made a rule can make exceptions from it. */
  | { rule: "parent only" }
  /** Neither value is stricter. */
  | { rule: "free" };

const rises = (...order: unknown[]): Tightening => ({ rule: "rises", order });
const neverOff = rises(false, true);
const level = rises("off", "warn", "strict");
const neverFalls: Tightening = { rule: "never falls" };
const fixed: Tightening = { rule: "fixed" };
const free: Tightening = { rule: "free" };

/** The rules of `governance`, by the path below it. A test demands one for every key of the format. */
export const GOVERNANCE_TIGHTENING: Readonly<Record<string, Tightening>> = {
  pii_encryption: rises("optional", "required"),
  audit_logging: rises("disabled", "enabled"),
  policy_enforcement_level: level,
  data_retention_days: neverFalls,
  default_ttl_hours: free,
  snapshot_keep_last: neverFalls,
  stale_table_recovery_mode: rises("repair", "strict"),
  "naming.enforcement": level,
  "naming.pattern": fixed,
  "naming.custom_patterns": fixed,
  "quality_gates.minimum_test_coverage": neverFalls,
  "quality_gates.require_descriptions": neverOff,
  "quality_gates.require_column_descriptions": neverOff,
  "quality_gates.block_on_failure": neverOff,
  "quality_gates.layer_thresholds.bronze": neverFalls,
  "quality_gates.layer_thresholds.silver": neverFalls,
  "quality_gates.layer_thresholds.gold": neverFalls,
  "quality_gates.zero_column_coverage_behavior": rises("report_100_percent", "report_na"),
  custom_rules: { rule: "adds" },
  policies: { rule: "adds" },
  policy_overrides: { rule: "parent only" },
  "data_contracts.enforcement": level,
  "data_contracts.auto_generation.enabled": free,
  "data_contracts.auto_generation.include_descriptions": free,
  "data_contracts.auto_generation.default_classification": free,
  "data_contracts.drift_detection.enabled": neverOff,
  "data_contracts.drift_detection.fail_on_type_mismatch": neverOff,
  "data_contracts.drift_detection.fail_on_missing_column": neverOff,
  "data_contracts.drift_detection.warn_on_extra_column": neverOff,
  "data_contracts.inheritance_mode": rises("override", "merge", "strict"),
  "rbac.enabled": neverOff,
  "rbac.required_role": fixed,
  "rbac.allow_principal_fallback": rises(true, false),
  "secret_scanning.enabled": neverOff,
  "secret_scanning.severity": rises("warning", "error"),
  "secret_scanning.exclude_patterns": { rule: "only from" },
  "secret_scanning.custom_patterns": { rule: "adds" },
  "network_policies.enabled": neverOff,
  "network_policies.default_deny": neverOff,
  "network_policies.custom_egress_rules": { rule: "only from" },
};

/** The rules of a quality gate's tier. With `overridable: false` all of it is fixed. */
export const GATE_TIGHTENING: Readonly<Record<string, Tightening>> = {
  min_test_coverage: neverFalls,
  min_score: neverFalls,
  required_tests: { rule: "holds all" },
  overridable: rises(true, false),
};

/** The rules of a quality configuration beside its gates. */
export const QUALITY_TIGHTENING: Readonly<Record<string, Tightening>> = {
  enabled: neverOff,
  "thresholds.min_score": neverFalls,
  "thresholds.warn_score": neverFalls,
};

/** What of the child's value is weaker than the parent's, in words; undefined where nothing is. */
export function loosening(tightening: Tightening, parent: unknown, child: unknown): string | undefined {
  switch (tightening.rule) {
    case "rises": {
      const weaker = tightening.order.indexOf(child) < tightening.order.indexOf(parent);
      return weaker ? `must stay ${show(parent)} or stricter` : undefined;
    }
    case "never falls":
      return (child as number) < (parent as number) ? `must be at least ${show(parent)}` : undefined;
    case "fixed":
      return JSON.stringify(child) === JSON.stringify(parent) ? undefined : `must stay ${show(parent)}`;
    case "holds all": {
      const missing = entriesWithout(parent, child);
      return missing.length > 0 ? `must also hold ${missing.join(", ")}` : undefined;
    }
    case "only from": {
      const added = entriesWithout(child, parent);
      return added.length > 0 ? `may not add ${added.join(", ")}` : undefined;
    }
    case "parent only":
      return (child as unknown[]).length > 0 ? "may only be set where the rules are made" : undefined;
    case "adds":
    case "free":
      return undefined;
  }
}

/** The value that holds once the child's was found to loosen nothing. */
export function combine(tightening: Tightening | undefined, parent: unknown, child: unknown): unknown {
  return tightening?.rule === "adds" ? [...(parent as unknown[]), ...(child as unknown[])] : child;
}

function entriesWithout(list: unknown, others: unknown): string[] {
  const known = new Set((others as unknown[]).map((entry) => JSON.stringify(entry)));
  return (list as unknown[]).filter((entry) => !known.has(JSON.stringify(entry))).map(show);
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
