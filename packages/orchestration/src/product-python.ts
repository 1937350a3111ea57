import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompiledArtifacts } from "@floe/core";
import { GENERATED } from "@floe/core/contracts";

const PYTHON = join(import.meta.dirname, "..", "python");
/** Where the compile puts the Python of a product's plugins too. */
const TARGET = "deploy/python";

/**
 * `floe_product` as files of a product, for an orchestrator whose tasks run in an environment of their own:
 * nothing of floe needs to be installed there, and the code is always the artifacts' own. Pure, but for reading
 * this package.
 */
export function productPython({ metadata }: CompiledArtifacts): Record<string, string> {
  const head = `${GENERATED}\n# What runs ${metadata.product_name} where there is no Node.\n`;
  const files = globSync("floe_product/**/*.py", { cwd: PYTHON }).toSorted();
  return Object.fromEntries(
    files.map((file) => [
      `${TARGET}/${file.replaceAll("\\", "/")}`,
      `${head}${readFileSync(join(PYTHON, file), "utf8")}`,
    ]),
  );
}
