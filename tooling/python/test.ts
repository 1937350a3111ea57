/**
 * Lints and tests the Python parts of packages: `node tooling/python/test.ts [package folder]...`, by default
 * all of them, as `pnpm test` does after vitest.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { PythonEnvironment } from "@floe/core";
import { createPythonRuntime } from "../../packages/host/src/python/runtime.ts";
import { readJunit } from "../results/junit.ts";
import { recordResults, type TestResults } from "../results/record.ts";
import { capture } from "../workspace/command.ts";
import { inParallel } from "../workspace/in-parallel.ts";

const root = join(import.meta.dirname, "..", "..");
const chosen = process.argv.slice(2);
const folders = globSync("{packages,plugins}/*/python", { cwd: root })
  .filter((folder) => ["pyproject.toml", "tests"].some((name) => existsSync(join(root, folder, name))))
  .filter((folder) => chosen.length === 0 || chosen.includes(dirname(folder)));

const runtime = createPythonRuntime({ env: process.env, projectDir: root });
const common = await runtime.environment({ requirements: join(import.meta.dirname, "requirements.txt") });
const reports = mkdtempSync(join(tmpdir(), "floe-pytest-"));

// One process each, of which most work on one core: two at a time.
const passed = await inParallel(folders, 2, async (folder) => {
  const own = await ownEnvironment(join(root, folder));
  const report = join(reports, `${basename(dirname(folder))}.xml`);
  let failed = false;
  for (const [tool, ...parameters] of [
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["pytest", "--quiet", `--junitxml=${report}`],
  ] as const) {
    const { script } = tool === "pytest" ? (own ?? common) : common;
    const { exitCode, stdout, stderr } = await capture(script(tool), [...parameters], {
      cwd: join(root, folder),
    }).catch((error: Error) => ({ exitCode: 1, stdout: "", stderr: `It can't be run: ${error.message}\n` }));
    // All at once, or two folders' output would be in each other.
    process.stdout.write(`${folder}: ${tool} ${parameters[0]}\n${stdout}${stderr}`);
    failed ||= exitCode !== 0;
    recordResults(resultsOf(report, exitCode !== 0));
    rmSync(report, { force: true });
  }
  return !failed;
});
rmSync(reports, { recursive: true, force: true });
process.exitCode = passed.every(Boolean) ? 0 : 1;

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
