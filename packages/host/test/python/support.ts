import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A lock file of one tiny package, so that a real environment takes no time. */
export const TINY_LOCK = `iniconfig==2.1.0 \\
    --hash=sha256:9deba5723312380e77435581c6bf4935c94cbfab9b1ed33ef8d238ea168eb760
`;

/** A new folder with a lock file, and a cache folder within. */
export function pythonProject(lock: string = TINY_LOCK): {
  dir: string;
  requirements: string;
  cacheDir: string;
} {
  const dir = mkdtempSync(join(tmpdir(), "floe-python-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const requirements = join(dir, "requirements.txt");
  writeFileSync(requirements, lock);
  return { dir, requirements, cacheDir: join(dir, "cache") };
}

/** A program of the given name that runs a shell script, in a folder to put on PATH. */
export function fakeProgram(dir: string, name: string, script: string): string {
  writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return dir;
}
