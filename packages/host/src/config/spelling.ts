import type { YamlDocument } from "./yaml-document.ts";

type Mapping = Readonly<Record<string, unknown>>;

/** What of a quality configuration is setting by setting, its gates apart. */
export const QUALITY_SETTINGS = [
  "weights",
  "dimension_weights",
  "calculation",
  "thresholds",
  "check_timeout_seconds",
  "enabled",
] as const;

/** Keys of data_quality that may also stand below `config`. */
const BELOW_CONFIG: ReadonlySet<string> = new Set(["quality_gates", ...QUALITY_SETTINGS]);

/**
 * A path of the parsed manifest as its file spells it. `plugins.data_quality` may be written
 * `plugins.quality`, its `type` `provider`, and its settings beside or below `config`.
 */
export function asWritten({ value }: YamlDocument, path: readonly PropertyKey[]): readonly PropertyKey[] {
  const [section, kind, ...rest] = path;
  if (section === "approved_plugins" && kind === "data_quality") {
    const lists = mappingOf(value.approved_plugins);
    return "data_quality" in lists ? path : [section, "quality", ...rest];
  }
  if (section !== "plugins" || kind !== "data_quality") return path;
  const plugins = mappingOf(value.plugins);
  const key = isWritten(plugins.data_quality) || !isWritten(plugins.quality) ? "data_quality" : "quality";
  const quality = mappingOf(plugins[key]);
  const [setting, ...deeper] = rest;
  if (setting === "type" && isWritten(quality.provider)) return [section, key, "provider", ...deeper];
  const below =
    BELOW_CONFIG.has(String(setting)) &&
    !isWritten(quality[String(setting)]) &&
    isWritten(mappingOf(quality.config)[String(setting)]);
  return below ? [section, key, "config", ...rest] : [section, key, ...rest];
}

/** What a file has at a path of the parsed manifest, before defaults; undefined where nothing is written. */
export function writtenAt(document: YamlDocument, path: readonly PropertyKey[]): unknown {
  return asWritten(document, path).reduce<unknown>((inner, key) => {
    return typeof inner === "object" && inner !== null
      ? (inner as Record<PropertyKey, unknown>)[key]
      : undefined;
  }, document.value);
}

/** `key:` with nothing behind it means the same as no key. */
export function isWritten(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}
