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
  /** As a whole, may be neither changed nor added to what the parent has around it. */
  | { rule: "locked" }
  /** A list: the child's entries are added to the parent's. */
  | { rule: "adds" }
  /** A list that must hold all of the parent's entries. */
  | { rule: "holds all" }
  /** A list that may only have entries of the parent's. */
  | { rule: "only from" }
  /** Neither value is stricter; the child's replaces the parent's as a whole. */
  | { rule: "free" };

/** By path; a rule on a mapping holds for everything below it that has none of its own. */
export type TighteningTable = Readonly<Record<string, Tightening>>;

const rises = (...order: unknown[]): Tightening => ({ rule: "rises", order });
const neverOff = rises(false, true);
const level = rises("off", "warn", "strict");
const verification = rises("off", "warn", "enforce");
const neverFalls: Tightening = { rule: "never falls" };
const fixed: Tightening = { rule: "fixed" };
const locked: Tightening = { rule: "locked" };
const free: Tightening = { rule: "free" };

/** The rules of `governance`, by the path below it. A test demands one for every key of the format. */
export const GOVERNANCE_TIGHTENING: TighteningTable = {
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
  // Only who made a rule can make exceptions from it.
  policy_overrides: { rule: "only from" },
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

/** The rules of a quality gate's tier. */
export const GATE_TIGHTENING: TighteningTable = {
  min_test_coverage: neverFalls,
  min_score: neverFalls,
  required_tests: { rule: "holds all" },
  overridable: rises(true, false),
};

/** The rules of a tier for which the parent sets `overridable: false`. */
export const LOCKED_GATE: TighteningTable = {
  min_test_coverage: locked,
  min_score: locked,
  required_tests: locked,
  overridable: locked,
};

/** The rules of a quality configuration beside its gates. */
export const QUALITY_TIGHTENING: TighteningTable = {
  enabled: neverOff,
  "thresholds.min_score": neverFalls,
  "thresholds.warn_score": neverFalls,
  // How a score is made decides what a least score is worth.
  weights: fixed,
  dimension_weights: fixed,
  calculation: fixed,
};

/** The rules of `artifacts`: what is signed for everyone stays signed. */
export const ARTIFACTS_TIGHTENING: TighteningTable = {
  "registry.tls_verify": neverOff,
  "registry.auth": free,
  "registry.signing": free,
  "registry.verification.enabled": neverOff,
  "registry.verification.enforcement": verification,
  "registry.verification.require_rekor": neverOff,
  "registry.verification.require_sbom": neverOff,
  "registry.verification.trusted_issuers": { rule: "only from" },
  "registry.verification.public_key_ref": locked,
  "registry.verification.environments": locked,
  "registry.verification.grace_period_days": locked,
  "registry.verification.private_infrastructure": locked,
  "promotion.signature_enforcement": verification,
};

/** What of the child's value is weaker than the parent's, in words; undefined where nothing is. */
export function loosening(tightening: Tightening, parent: unknown, child: unknown): string | undefined {
  switch (tightening.rule) {
    case "rises": {
      const { order } = tightening;
      if (order.indexOf(child) >= order.indexOf(parent)) return undefined;
      return `must stay ${show(parent)}${parent === order.at(-1) ? "" : " or stricter"}`;
    }
    case "never falls":
      return Number(child) >= Number(parent) ? undefined : `must be at least ${show(parent)}`;
    case "fixed":
      return isEqual(child, parent) ? undefined : `must stay ${show(parent)}`;
    case "locked": {
      if (isEqual(child, parent)) return undefined;
      return `may not be ${parent === undefined ? "added" : "changed"} by a child manifest`;
    }
    case "holds all": {
      const missing = entriesWithout(parent, child);
      return missing.length > 0 ? `must also hold ${missing.join(", ")}` : undefined;
    }
    case "only from": {
      const added = entriesWithout(child, parent);
      return added.length > 0 ? `may not add ${added.join(", ")}` : undefined;
    }
    case "adds":
    case "free":
      return undefined;
  }
}

/** The value that holds once the child's was found to loosen nothing. */
export function combine(tightening: Tightening | undefined, parent: unknown, child: unknown): unknown {
  return tightening?.rule === "adds" ? [...listOf(parent), ...entriesOf(child, parent)] : child;
}

function entriesOf(list: unknown, others: unknown): unknown[] {
  const known = new Set(listOf(others).map(identity));
  return listOf(list).filter((entry) => !known.has(identity(entry)));
}

function entriesWithout(list: unknown, others: unknown): string[] {
  return entriesOf(list, others).map(show);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** In lists that rules are about, order means nothing. */
function isEqual(a: unknown, b: unknown): boolean {
  const ordered = (value: unknown): unknown => {
    return Array.isArray(value) ? value.toSorted((x, y) => (identity(x) < identity(y) ? -1 : 1)) : value;
  };
  return identity(ordered(a)) === identity(ordered(b));
}

function identity(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  return typeof value === "string" ? value : identity(value);
}
