import { readConfig } from "@changesets/config";
import { getPackages } from "@manypkg/get-packages";
import { publishable } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

const CONFIG = ".changeset/config.json";

/** Releases can be made: the configuration is valid and leaves no published package out. */
export const changesets: Check = {
  title: "changesets know every published package",
  async find(workspace) {
    const packages = await getPackages(workspace.root);
    const { config, errors, warnings } = await readConfig(workspace.root, packages);
    if (config === undefined) return errors.map(finding);
    const known = new Set(packages.packages.map((each) => each.packageJson.name));
    return [
      ...warnings.map(finding),
      ...publishable(workspace)
        .filter((each) => !known.has(each.name) || config.ignore.includes(each.name))
        .map((each) => finding(`${each.name} would never be released.`)),
    ];
  },
};

function finding(message: string): Finding {
  return { file: CONFIG, message, remedy: "Mend it after the documentation of `@changesets/config`." };
}
