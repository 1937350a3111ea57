/**
 * `prepack` and, with `--remove`, `postpack` of an orchestrator plugin: puts the Python that orchestrators share
 * beside the plugin's own while it is packed, so that `pip install <package>/python` brings all of it. It lies in
 * one place in the repository, and isn't on PyPI.
 */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "../workspace/workspace.ts";

const SHARED = "floe_product";
const target = join(process.cwd(), "python", SHARED);

await rm(target, { recursive: true, force: true });
if (!process.argv.includes("--remove")) {
  await cp(join(REPOSITORY_ROOT, "packages", "orchestration", "python", SHARED), target, {
    recursive: true,
    filter: (source) => !source.includes("__pycache__"),
  });
}
