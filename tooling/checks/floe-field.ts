import { ENTRY_POINT_GROUPS, kindOfGroup, packageFieldSchema } from "@floe/core";
import { conventionalPackage } from "../../packages/host/src/registry/package-names.ts";
import { publishable, type WorkspacePackage } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

/** The `floe` field of every plugin is what the host expects, and the package is named after its plugin. */
export const floeField: Check = {
  title: "every plugin's floe field is in order",
  find: (workspace) => publishable(workspace).flatMap(inPackage),
};

function inPackage(subject: WorkspacePackage): Finding[] {
  const file = `${subject.path}/package.json`;
  const isPlugin = subject.path.startsWith("plugins/");
  if (subject.manifest.floe === undefined) {
    if (!isPlugin) return [];
    return [
      {
        file,
        message: `${subject.name} has no floe field, so the host doesn't see it.`,
        remedy: 'Write "floe": { "apiVersion": "1.0", "entryPoints": { "floe.<kind>": { "<name>": "." } } }.',
      },
    ];
  }
  const field = packageFieldSchema.safeParse(subject.manifest.floe);
  if (!field.success) {
    return field.error.issues.map((issue) => ({
      file,
      message: `floe.${issue.path.join(".")} of ${subject.name}: ${issue.message}.`,
      remedy: "See packageFieldSchema in @floe/core for the form of the field.",
    }));
  }
  const findings: Finding[] = [];
  for (const [group, names] of Object.entries(field.data.entryPoints)) {
    const kind = kindOfGroup(group);
    if (kind === undefined) {
      findings.push({
        file,
        message: `${subject.name} names the entry-point group ${group}, which doesn't exist.`,
        remedy: `Use one of ${Object.values(ENTRY_POINT_GROUPS).join(", ")}.`,
      });
      continue;
    }
    for (const [name, entry] of Object.entries(names)) {
      const expected = conventionalPackage(kind, name);
      if (subject.name !== expected || subject.path !== `plugins/${expected}`) {
        findings.push({
          file,
          message: `The package of the ${kind} plugin ${name} is ${subject.name} in ${subject.path}.`,
          remedy: `Name it ${expected} and put it into plugins/${expected}.`,
        });
      }
      if (subject.manifest.exports?.[entry] === undefined) {
        findings.push({
          file,
          message: `The entry ${entry} of the ${kind} plugin ${name} isn't in the package's exports.`,
          remedy: `Add "${entry}" to exports.`,
        });
      }
    }
  }
  return findings;
}
