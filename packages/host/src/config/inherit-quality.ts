import { type QualityConfig, type QualityGates, qualityConfigSchema } from "@floe/core";
import { QUALITY_SETTINGS, writtenAt } from "./spelling.ts";
import { overlay, type ReportLoosening } from "./tighten.ts";
import { GATE_TIGHTENING, LOCKED_GATE, QUALITY_TIGHTENING } from "./tightening.ts";
import type { YamlDocument } from "./yaml-document.ts";

const PATH = ["plugins", "data_quality"];
const TIERS = ["bronze", "silver", "gold"] as const;

/** A child's quality configuration over its parent's: another framework is fine, weaker gates are not. */
export function inheritQuality(
  parent: QualityConfig,
  child: QualityConfig,
  document: YamlDocument,
  loosened: ReportLoosening,
): QualityConfig {
  const base = heldTo(parent);
  // Setting by setting: each may stand beside or below `config`.
  const settings = Object.fromEntries(
    QUALITY_SETTINGS.map((key) => {
      const written = writtenAt(document, [...PATH, key]);
      const options = { rules: QUALITY_TIGHTENING, path: PATH, loosened };
      return [key, overlay({ [key]: base[key] }, { [key]: child[key] }, { [key]: written }, options)[key]];
    }),
  );
  // Another framework's version and configuration make no sense to this one.
  const same = parent.type === child.type;
  return {
    ...settings,
    type: child.type,
    version: child.version ?? (same ? parent.version : undefined),
    config: same ? { ...parent.config, ...child.config } : child.config,
    quality_gates: inheritGates(parent.quality_gates, child.quality_gates, document, loosened),
  } as QualityConfig;
}

function inheritGates(
  parent: QualityGates | undefined,
  child: QualityGates | undefined,
  document: YamlDocument,
  loosened: ReportLoosening,
): QualityGates | undefined {
  if (parent === undefined || child === undefined) return child ?? parent;
  return Object.fromEntries(
    TIERS.map((tier) => {
      const path = [...PATH, "quality_gates", tier];
      const rules = parent[tier]?.overridable === false ? LOCKED_GATE : GATE_TIGHTENING;
      const written = writtenAt(document, path);
      return [tier, overlay(parent[tier], child[tier], written, { rules, path, loosened })];
    }),
  );
}

/**
 * What a parent's configuration holds its child to: that checks run, and where it asks for a least score,
 * also the usual way of making one.
 */
function heldTo(parent: QualityConfig): QualityConfig {
  const asksForScore =
    parent.thresholds !== undefined ||
    TIERS.some((tier) => parent.quality_gates?.[tier]?.min_score !== undefined);
  const base = { ...parent, enabled: parent.enabled ?? true };
  if (!asksForScore) return base;
  const { weights, dimension_weights, calculation } = qualityConfigSchema.parse({
    provider: parent.type,
    weights: {},
    dimension_weights: {},
    calculation: {},
  });
  return {
    ...base,
    weights: base.weights ?? weights,
    dimension_weights: base.dimension_weights ?? dimension_weights,
    calculation: base.calculation ?? calculation,
  };
}
