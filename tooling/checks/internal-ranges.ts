import { DEPENDENCY_FIELDS } from "../workspace/manifest.ts";
import { publishable, type Workspace, type WorkspacePackage } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

/**
 * Ranges between our packages are written by pnpm when it packs (`workspace:^`), and what the catalog holds
 * is taken from there, so that a version stands in one place. A peer range on another's package is a
 * promise to users and stands for itself.
 */
export const internalRanges: Check = {
  title: "internal ranges are workspace:^, shared versions come from the catalog",
  find: (workspace) => publishable(workspace).flatMap((each) => inPackage(each, workspace)),
};

function inPackage(subject: WorkspacePackage, workspace: Workspace): Finding[] {
  const own = new Set(workspace.packages.map((each) => each.name));
  const findings: Finding[] = [];
  for (const field of DEPENDENCY_FIELDS) {
    for (const [name, range] of Object.entries(subject.manifest[field] ?? {})) {
      const expected = own.has(name)
        ? "workspace:^"
        : name in workspace.catalog && field !== "peerDependencies"
          ? "catalog:"
          : undefined;
      const shared = expected === undefined && field !== "peerDependencies" && usedTwice(name, workspace);
      if (expected !== undefined && range !== expected) {
        findings.push({
          file: `${subject.path}/package.json`,
          message: `${field} has ${name} as "${range}".`,
          remedy: `Write "${name}": "${expected}".`,
        });
      } else if (shared) {
        findings.push({
          file: `${subject.path}/package.json`,
          message: `${name} is used by several packages, each with its own version.`,
          remedy: `Put its version into the catalog of pnpm-workspace.yaml and write "${name}": "catalog:".`,
        });
      } else if (expected === undefined && field !== "peerDependencies" && !/^\d/.test(range)) {
        findings.push({
          file: `${subject.path}/package.json`,
          message: `${field} has ${name} as "${range}", which isn't one version.`,
          remedy: "Name the exact version.",
        });
      }
    }
  }
  return findings;
}

function usedTwice(name: string, workspace: Workspace): boolean {
  const users = workspace.packages.filter(({ manifest }) =>
    DEPENDENCY_FIELDS.some((field) => field !== "peerDependencies" && name in (manifest[field] ?? {})),
  );
  return users.length > 1;
}
