import { existsSync } from "node:fs";
import { glob, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Removes what an earlier build made of a source file that is gone: `tsc -b` leaves it in `dist`, and it
 * would be published.
 */
export async function removeStaleOutput(packageDir: string): Promise<void> {
  const dist = join(packageDir, "dist");
  for await (const file of glob("**/*.{js,d.ts}", { cwd: dist })) {
    const source = file.replace(/\.(?:js|d\.ts)$/, ".ts");
    if (!existsSync(join(packageDir, "src", source))) await rm(join(dist, file), { force: true });
  }
}
