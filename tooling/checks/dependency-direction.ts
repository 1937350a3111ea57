import { packageOf } from "../workspace/imports.ts";
import { DEPENDENCY_FIELDS } from "../workspace/manifest.ts";
import { publishable, type Workspace, type WorkspacePackage } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

interface Allowance {
  /** Packages of ours that it may use anywhere. */
  ours: readonly string[];
  /** Packages of ours that only its tests may use. */
  oursInTests: readonly string[];
  /** All that it may use of others; undefined where that is its own affair. */
  others?: readonly string[];
}

/** Tests of plugins run Python through the host, as users do, and read from a real engine. */
const PLUGIN: Allowance = {
  ours: ["@floe/core"],
  oursInTests: ["@floe/testkit", "@floe/tooling", "@floe/host", "floe-compute-duckdb"],
};

/**
 * Plugins that are a special case of another, or share a library of their kind: docs/decisions/0008. An author
 * of a new plugin needs neither.
 */
const BUILT_ON: Record<string, readonly string[]> = {
  "floe-storage-minio": ["floe-storage-s3"],
  "floe-storage-s3": ["@floe/object-storage"],
  "floe-storage-gcs": ["@floe/object-storage"],
  "floe-storage-azure": ["@floe/object-storage"],
  "floe-catalog-polaris": ["floe-catalog-rest"],
  "floe-orchestrator-dagster": ["@floe/orchestration"],
  "floe-orchestrator-airflow": ["@floe/orchestration"],
};

const PACKAGES: Record<string, Allowance> = {
  "@floe/core": { ours: [], oursInTests: [], others: ["zod"] },
  "@floe/host": { ours: ["@floe/core"], oursInTests: ["@floe/testkit", "@floe/tooling"] },
  "@floe/orchestration": {
    ours: ["@floe/core"],
    oursInTests: ["@floe/testkit", "@floe/tooling", "@floe/host"],
  },
  "@floe/object-storage": {
    ours: ["@floe/core"],
    oursInTests: ["@floe/testkit", "@floe/tooling"],
    others: [],
  },
  "@floe/cli": { ours: ["@floe/host", "@floe/core"], oursInTests: ["@floe/testkit", "@floe/tooling"] },
  "@floe/testkit": { ours: ["@floe/core"], oursInTests: ["@floe/tooling"], others: ["vitest", "zod"] },
  "create-floe-plugin": { ours: [], oursInTests: ["@floe/core", "@floe/testkit", "@floe/tooling"] },
};

/**
 * Dependencies point one way: plugin -> core; host -> core; cli -> host; testkit -> core; core -> zod; and a
 * plugin on what {@link BUILT_ON} names.
 */
export const dependencyDirection: Check = {
  title: "dependencies point one way",
  find: (workspace) => publishable(workspace).flatMap((each) => inPackage(each, workspace)),
};

function inPackage(subject: WorkspacePackage, workspace: Workspace): Finding[] {
  const own = new Set(workspace.packages.map((each) => each.name));
  const allowance = PACKAGES[subject.name] ?? pluginAllowance(subject.name);
  const verdict = (name: string, inTests: boolean): string | undefined => {
    if (name === subject.name) return undefined;
    if (!own.has(name)) {
      const refused = !inTests && allowance.others !== undefined && !allowance.others.includes(name);
      return refused ? `Of other packages it may use ${allowance.others?.join(", ")} alone.` : undefined;
    }
    const allowed = inTests ? [...allowance.ours, ...allowance.oursInTests] : allowance.ours;
    if (allowed.includes(name)) return undefined;
    return `Of this repository's packages it may use ${allowed.join(", ") || "none"}${inTests ? " in tests" : ""}.`;
  };

  const findings: Finding[] = [];
  for (const field of DEPENDENCY_FIELDS) {
    for (const name of Object.keys(subject.manifest[field] ?? {})) {
      const remedy = verdict(name, field === "devDependencies");
      if (remedy === undefined) continue;
      findings.push({
        file: `${subject.path}/package.json`,
        message: `${subject.name} names ${name} in ${field}.`,
        remedy,
      });
    }
  }
  for (const site of subject.imports) {
    const name = packageOf(site.specifier);
    const remedy = name === undefined ? undefined : verdict(name, site.area === "test");
    if (remedy === undefined) continue;
    findings.push({ file: `${site.file}:${site.line}`, message: `${subject.name} imports ${name}.`, remedy });
  }
  return findings;
}

function pluginAllowance(name: string): Allowance {
  return { ...PLUGIN, ours: [...PLUGIN.ours, ...(BUILT_ON[name] ?? [])] };
}
