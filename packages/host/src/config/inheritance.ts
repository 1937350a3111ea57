import {
  FloeError,
  governanceSchema,
  type Manifest,
  type PluginSelection,
  type QualityConfig,
} from "@floe/core";
import { formatPath, locate } from "./locate.ts";
import {
  combine,
  GATE_TIGHTENING,
  GOVERNANCE_TIGHTENING,
  loosening,
  QUALITY_TIGHTENING,
  type Tightening,
} from "./tightening.ts";
import type { YamlDocument } from "./yaml-document.ts";

/** A manifest that was read from a file and is valid on its own. */
export interface LoadedManifest {
  manifest: Manifest;
  document: YamlDocument;
}

type Mapping = Record<string, unknown>;

/**
 * A child's manifest with what it inherits: plugins by kind, everything else by key, the child's over the
 * parent's; but of rules and gates the stricter, and a child that loosens one is a fault at its own line.
 */
export function inherit(
  parent: LoadedManifest,
  child: LoadedManifest,
): { manifest: Manifest; faults: FloeError[] } {
  const faults: FloeError[] = [];
  const loosened: ReportLoosening = (path, problem) => {
    const place = locate(parent.document, path);
    faults.push(
      new FloeError("POLICY.LOOSENED", `${formatPath(path)} ${problem}.`, {
        why: `${place.file}:${place.line} sets it, and a child manifest may tighten rules but never loosen them.`,
        next: [
          "Remove it here, or make it stricter.",
          `Ask ${parent.manifest.metadata.owner} to change the parent.`,
        ],
        where: locate(child.document, path),
      }),
    );
  };

  const manifest: Manifest = {
    ...child.manifest,
    plugins: inheritPlugins(parent, child, loosened),
    governance: inheritGovernance(parent, child, loosened),
    approved_plugins: parent.manifest.approved_plugins,
    approved_sinks: parent.manifest.approved_sinks,
    defaults: merge(parent.manifest.defaults, child.manifest.defaults),
    observability: merge(parent.manifest.observability, child.manifest.observability),
    resource_presets: { ...parent.manifest.resource_presets, ...child.manifest.resource_presets },
    artifacts: child.manifest.artifacts ?? parent.manifest.artifacts,
  };
  return { manifest, faults };
}

type ReportLoosening = (path: readonly PropertyKey[], problem: string) => void;

function inheritGovernance(
  parent: LoadedManifest,
  child: LoadedManifest,
  loosened: ReportLoosening,
): Manifest["governance"] {
  const inherited = parent.manifest.governance;
  // What the child wrote, not what it means with defaults: a default isn't a wish to loosen.
  const own = child.document.value.governance;
  if (inherited === undefined || !isMapping(own)) return inherited ?? child.manifest.governance;
  return governanceSchema.parse(tighten(inherited, own, GOVERNANCE_TIGHTENING, ["governance"], loosened));
}

function inheritPlugins(
  parent: LoadedManifest,
  child: LoadedManifest,
  loosened: ReportLoosening,
): Manifest["plugins"] {
  const plugins: Record<string, PluginSelection | QualityConfig | undefined> = { ...parent.manifest.plugins };
  for (const [kind, selection] of Object.entries(child.manifest.plugins)) {
    if (selection !== undefined) plugins[kind] = selection;
  }
  const [inherited, own] = [parent.manifest.plugins.data_quality, child.manifest.plugins.data_quality];
  if (inherited !== undefined && own !== undefined) {
    plugins.data_quality = inheritQuality(inherited, own, qualityPath(child.document), loosened);
  }
  return plugins as Manifest["plugins"];
}

function inheritQuality(
  parent: QualityConfig,
  child: QualityConfig,
  path: readonly PropertyKey[],
  loosened: ReportLoosening,
): QualityConfig {
  const { quality_gates: parentGates = {}, ...parentRest } = parent;
  const { quality_gates: childGates = {}, ...childRest } = child;
  const gates: Mapping = { ...parentGates };
  for (const [tier, gate] of Object.entries(childGates)) {
    if (!isMapping(gate)) continue;
    const inherited = (parentGates as Mapping)[tier] as Mapping | undefined;
    const frozen = inherited?.overridable === false;
    const rules = frozen
      ? Object.fromEntries(Object.keys(GATE_TIGHTENING).map((key) => [key, { rule: "fixed" } as const]))
      : GATE_TIGHTENING;
    gates[tier] = tighten(inherited ?? {}, gate, rules, [...path, "quality_gates", tier], loosened);
  }
  const rest = tighten(parentRest, childRest, QUALITY_TIGHTENING, path, loosened);
  // Another framework's own configuration makes no sense to this one.
  const config = parent.type === child.type ? { ...parent.config, ...child.config } : child.config;
  return { ...rest, config, quality_gates: gates } as QualityConfig;
}

/** Where a document has its quality configuration: two spellings, and settings beside or below `config`. */
function qualityPath({ value }: YamlDocument): readonly PropertyKey[] {
  const plugins = isMapping(value.plugins) ? value.plugins : {};
  const key = isMapping(plugins.data_quality) ? "data_quality" : "quality";
  const quality = plugins[key];
  const below = isMapping(quality) && isMapping(quality.config) && "quality_gates" in quality.config;
  return below ? ["plugins", key, "config"] : ["plugins", key];
}

/** The parent's values with the child's over them, but for those that would loosen a rule. */
function tighten(
  parent: Readonly<Mapping>,
  child: Readonly<Mapping>,
  rules: Readonly<Record<string, Tightening>>,
  path: readonly PropertyKey[],
  loosened: ReportLoosening,
  prefix = "",
): Mapping {
  const result: Mapping = { ...parent };
  for (const [key, value] of Object.entries(child)) {
    if (value === undefined || value === null) continue;
    const name = `${prefix}${key}`;
    const inherited = parent[key];
    const rule = rules[name];
    if (rule === undefined && isMapping(value)) {
      const below = isMapping(inherited) ? inherited : {};
      result[key] = tighten(below, value, rules, [...path, key], loosened, `${name}.`);
      continue;
    }
    const unset = inherited === undefined && rule?.rule !== "parent only";
    const problem = rule === undefined || unset ? undefined : loosening(rule, inherited, value);
    if (problem !== undefined) loosened([...path, key], problem);
    else result[key] = inherited === undefined ? value : combine(rule, inherited, value);
  }
  return result;
}

/** Mappings merged key by key to their depth; anything else is the child's where it has one. */
function merge<T>(parent: T, child: T): T {
  if (!isMapping(parent) || !isMapping(child)) return child ?? parent;
  const keys = new Set([...Object.keys(parent), ...Object.keys(child)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(parent[key], child[key])])) as T;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
