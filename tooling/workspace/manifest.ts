/** What the tooling reads of a package.json. A field that isn't there is undefined; none is checked here. */
export interface PackageManifest {
  name?: string;
  version?: string;
  private?: boolean;
  description?: string;
  license?: string;
  engines?: Record<string, string>;
  files?: string[];
  type?: string;
  bin?: string | Record<string, string>;
  exports?: Record<string, ExportTarget>;
  scripts?: Record<string, string>;
  repository?: string | { type?: string; url?: string; directory?: string };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  publishConfig?: {
    access?: string;
    exports?: Record<string, ExportTarget>;
    bin?: string | Record<string, string>;
  };
  floe?: unknown;
}

/** The right side of an `exports` entry: a file, or files by condition. */
export type ExportTarget = string | Record<string, string>;

/** The fields that name packages, in the order in which package.json usually has them. */
export const DEPENDENCY_FIELDS = [
  "dependencies",
  "devDependencies",
  "peerDependencies",
  "optionalDependencies",
] as const;
