/**
 * Lints and tests the Python parts of the packages: what `pnpm test` runs after vitest.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { createPythonRuntime } from "../../packages/host/src/python/runtime.ts";

const root = join(import.meta.dirname, "..", "..");
const folders = globSync("{packages,plugins}/*/python", { cwd: root }).filter((folder) =>
  existsSync(join(root, folder, "pyproject.toml")),
);

const runtime = createPythonRuntime({ env: process.env, projectDir: root });
const { script } = await runtime.environment({ requirements: join(import.meta.dirname, "requirements.txt") });

let failed = false;
for (const folder of folders) {
  for (const [tool, ...parameters] of [
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["pytest"],
  ] as const) {
    console.log(`${folder}: ${[tool, ...parameters].join(" ")}`);
    const { status } = spawnSync(script(tool), parameters, { cwd: join(root, folder), stdio: "inherit" });
    failed ||= status !== 0;
  }
}
process.exitCode = failed ? 1 : 0;
