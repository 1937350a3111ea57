import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** What a compile depends on, by name: files by path, everything else by a name in angle brackets. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Folders that dbt, Python and Node write beside sources. */
const OUTPUTS = new Set(["node_modules", "__pycache__", ".git", ".floe", ".ruff_cache"]);
const ENV_VAR = /env_var\(\s*['"]([^'"]+)['"]/g;

export interface FingerprintSources {
  /** Paths in the fingerprint are relative to it. */
  baseDir: string;
  /** Files and folders, absolute; what isn't there is left out. Folders are taken with all that is in them. */
  paths: readonly string[];
  /** What isn't a file: versions, options. */
  values: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Hashes everything that a compile reads. By content: file times lie after a checkout, and reading some
 * thousand small files takes less than a tenth of a second. Environment variables count where one of the
 * files names them in `env_var()`; only their hash is kept.
 */
export function fingerprint({ baseDir, paths, values, env }: FingerprintSources): Fingerprint {
  const found: Record<string, string> = {};
  const variables = new Set<string>();
  for (const file of paths.flatMap(filesIn).sort()) {
    const content = readFileSync(file);
    const name = relative(baseDir, file).split(sep).join("/");
    found[name] = hash(content);
    if (content.includes("env_var")) {
      for (const [, variable = ""] of content.toString("utf8").matchAll(ENV_VAR)) variables.add(variable);
    }
  }
  for (const [name, value] of Object.entries(values)) found[`<${name}>`] = hash(value);
  for (const name of [...variables].sort()) found[`<env ${name}>`] = hash(env[name] ?? "");
  return found;
}

/** One key for all of it. */
export function fingerprintKey(parts: Fingerprint): string {
  return hash(JSON.stringify(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 32);
}

/** What differs between two fingerprints, as sentences for a person, in order of name. */
export function describeChanges(before: Fingerprint, after: Fingerprint): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    if (before[name] === after[name]) return [];
    const shown = name.replace(/^<(.*)>$/, "$1");
    if (before[name] === undefined) return [`${shown} is new`];
    return [after[name] === undefined ? `${shown} is gone` : `${shown} changed`];
  });
}

function filesIn(path: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTDIR" ? [path] : [];
  }
  return entries.flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return OUTPUTS.has(entry.name) ? [] : filesIn(inner);
    return entry.isFile() || entry.isSymbolicLink() ? [inner] : [];
  });
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
