import type { FloeError, PluginKind } from "@floe/core";

/** A plugin that an installed package declares. Known by reading its package.json; nothing is imported. */
export interface FoundPlugin {
  kind: PluginKind;
  name: string;
  package: string;
  version: string;
  description: string;
  apiVersion: string;
  /** The subpath export that holds the definition: `.` or `./s3`. */
  entry: string;
  /** The package's folder with links resolved. */
  packageDir: string;
  /** How it was found. A path comes before a dependency, a nearer package.json before a farther. */
  source: "path" | "dependency";
  /** The package.json that led to it. */
  declaredIn: string;
}

/** A package, or one plugin of it, that was found and left out, and why. */
export interface SkippedPlugin {
  package: string;
  packageDir: string;
  /** Severity `warning` where it is merely hidden by another, `error` where something must be mended. */
  error: FloeError;
}

export interface Discovery {
  plugins: readonly FoundPlugin[];
  skipped: readonly SkippedPlugin[];
}
