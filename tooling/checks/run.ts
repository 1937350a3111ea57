import { REPOSITORY_ROOT, readWorkspace } from "../workspace/workspace.ts";
import { changesets } from "./changesets.ts";
import { coreAsPeer } from "./core-as-peer.ts";
import { declaredDependencies } from "./declared-dependencies.ts";
import { dependencyDirection } from "./dependency-direction.ts";
import type { Check, Finding } from "./finding.ts";
import { floeField } from "./floe-field.ts";
import { internalRanges } from "./internal-ranges.ts";
import { lockFile } from "./lock-file.ts";
import { machinePaths } from "./machine-paths.ts";
import { ownFiles } from "./own-files.ts";
import { packageJson } from "./package-json.ts";
import { packedPackages } from "./packed-packages.ts";
import { publishExports } from "./publish-exports.ts";
import { pythonPins } from "./python-pins.ts";
import { referencePages } from "./reference-pages.ts";

/** The rules of the repository, the quick ones first. */
const CHECKS: Check[] = [
  dependencyDirection,
  ownFiles,
  declaredDependencies,
  coreAsPeer,
  internalRanges,
  packageJson,
  publishExports,
  floeField,
  changesets,
  lockFile,
  pythonPins,
  machinePaths,
  referencePages,
  packedPackages,
];

/** A check that can't be carried out hasn't passed, and the others are still of use. */
async function findings(check: Check): Promise<Finding[]> {
  try {
    return await check.find(workspace);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ file: check.title, message, remedy: "Mend what keeps the check from running." }];
  }
}

const workspace = await readWorkspace(REPOSITORY_ROOT);
let total = 0;
for (const check of CHECKS) {
  const found = await findings(check);
  total += found.length;
  console.log(`${found.length === 0 ? "ok  " : "FAIL"}  ${check.title}`);
  for (const { file, message, remedy } of found) console.log(`      ${file}: ${message}\n        ${remedy}`);
}
const sum = total === 0 ? "nothing found" : `${total} found`;
console.log(`${CHECKS.length} checks over ${workspace.packages.length} packages: ${sum}`);
if (total > 0) process.exitCode = 1;
