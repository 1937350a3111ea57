/**
 * Lints and tests the Python parts of the packages: what `pnpm test` runs after vitest.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PythonEnvironment } from "@floe/core";
import { createPythonRuntime } from "../../packages/host/src/python/runtime.ts";
import { readJunit } from "../results/junit.ts";
import { recordResults, type TestResults } from "../results/record.ts";

const root = join(import.meta.dirname, "..", "..");
const folders = globSync("{packages,plugins}/*/python", { cwd: root }).filter((folder) =>
  ["pyproject.toml", "tests"].some((name) => existsSync(join(root, folder, name))),
);

const runtime = createPythonRuntime({ env: process.env, projectDir: root });
const common = await runtime.environment({ requirements: join(import.meta.dirname, "requirements.txt") });

const reports = mkdtempSync(join(tmpdir(), "floe-pytest-"));
const report = join(reports, "junit.xml");

let failed = false;
for (const folder of folders) {
  const own = await ownEnvironment(join(root, folder));
  for (const [tool, ...parameters] of [
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["pytest", `--junitxml=${report}`],
  ] as const) {
    console.log(`${folder}: ${[tool, ...parameters].join(" ")}`);
    const { script } = tool === "pytest" ? (own ?? common) : common;
    const { status, error } = spawnSync(script(tool), parameters, {
      cwd: join(root, folder),
      stdio: "inherit",
    });
    if (error !== undefined) console.error(`${tool} can't be run: ${error.message}`);
    failed ||= status !== 0;
    recordResults(resultsOf(report, status !== 0));
    rmSync(report, { force: true });
  }
}
rmSync(reports, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

/** Where tests need the tool itself: the plugin's environment, with what its tests need beside it. */
async function ownEnvironment(folder: string): Promise<PythonEnvironment | undefined> {
  const requirements = join(folder, "tests", "requirements.txt");
  if (!existsSync(requirements)) return undefined;
  return runtime.environment({
    requirements: join(folder, "requirements.txt"),
    additionalRequirements: [requirements],
  });
}

/** The tests that a tool ran. A tool that failed without any of them failing has itself failed. */
function resultsOf(file: string, failed: boolean): TestResults {
  const results = existsSync(file) ? readJunit(readFileSync(file, "utf8")) : { passed: 0, failed: 0 };
  return failed && results.failed === 0 ? { ...results, failed: 1 } : results;
}
