/**
 * The demo: what `pnpm demo` runs. Each command is shown, then run as a user would run it.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const cwd = join(root, "examples", "flights");
const floe = join(root, "packages", "cli", "bin", "floe.cjs");

for (const command of ["doctor", "validate", "compile", "run", "runs list"]) {
  console.log(`\n$ floe ${command}`);
  const { status, signal } = spawnSync(process.execPath, [floe, ...command.split(" ")], {
    cwd,
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error(`floe ${command} ended with ${signal ?? `exit code ${status}`}.`);
    process.exit(status ?? 1);
  }
}
