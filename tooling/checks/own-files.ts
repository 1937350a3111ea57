import { posix } from "node:path";
import { publishable, type WorkspacePackage } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

/** A package reaches another by its name, never by the path of its files. */
export const ownFiles: Check = {
  title: "no package imports another's files by path",
  find: (workspace) => publishable(workspace).flatMap(inPackage),
};

function inPackage(subject: WorkspacePackage): Finding[] {
  return subject.imports
    .filter((site) => site.specifier.startsWith("."))
    .filter((site) => {
      const target = posix.join(posix.dirname(site.file), site.specifier);
      return !target.startsWith(`${subject.path}/`);
    })
    .map((site) => ({
      file: `${site.file}:${site.line}`,
      message: `${site.specifier} leads out of ${subject.name}.`,
      remedy: "Import the other package by its name, through what its `exports` offers.",
    }));
}
