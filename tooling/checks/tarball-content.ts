import type { PackedPackage } from "../release/pack.ts";
import { DEPENDENCY_FIELDS } from "../workspace/manifest.ts";
import type { Finding } from "./finding.ts";

/** What may be in a published package. `python/` is the module of a plugin whose tool is Python, `chart/` one of Helm, `macros/` dbt's. */
const EXPECTED =
  /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/|bin\/|chart\/|macros\/|python\/|templates\/)/;
const UNWANTED = /(?:^|\/)(?:test|tests|__pycache__|\.venv|node_modules)\/|\.test\.|\.tsbuildinfo$|\.pyc$/;
const REQUIRED = ["package.json", "README.md", "LICENSE"];

/** A published package holds what users need and nothing that only works inside the repository. */
export function tarballContent(packed: PackedPackage): Finding[] {
  const finding = (message: string, remedy: string): Finding => ({ file: packed.name, message, remedy });
  const findings = packed.files
    // A template of a project is shipped whole, tests included.
    .filter((file) => !EXPECTED.test(file) || (UNWANTED.test(file) && !file.startsWith("templates/")))
    .map((file) => finding(`${file} would be published.`, "Leave it out with `files` in package.json."));
  for (const file of REQUIRED.filter((each) => !packed.files.includes(each))) {
    findings.push(
      finding(`${file} would not be published.`, "Put it into the package's or the root folder."),
    );
  }
  if (!packed.files.some((file) => file.startsWith("dist/") && file.endsWith(".d.ts"))) {
    findings.push(finding("There is nothing built in it.", "Add the package to tsconfig.json's references."));
  }
  for (const field of DEPENDENCY_FIELDS) {
    for (const [name, range] of Object.entries(packed.manifest[field] ?? {})) {
      if (!/^(?:workspace|catalog|file|link):/.test(range)) continue;
      findings.push(
        finding(`${field} has ${name} as "${range}", which no registry understands.`, "Pack with pnpm."),
      );
    }
  }
  return findings;
}
