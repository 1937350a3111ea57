import { setTimeout as sleep } from "node:timers/promises";
import type { Product } from "../project/product.ts";

/** How long what a killed floe started may go on: its workers end themselves after five seconds. */
const ORPHANS_MS = 10_000;
const POLL_MS = 250;

/**
 * Makes sure that the engine can be worked with before anything is done: a database that another process
 * holds, or that is damaged, is told by the engine's own words and not by whichever tool meets it first.
 *
 * @param orphans Whether a killed floe may have left processes that still hold the database.
 * @throws FloeError `COMPUTE.LOCKED`, `CONNECTION.*`.
 */
export async function checkEngine(
  { compute, computeConfig, project }: Product,
  orphans: boolean,
): Promise<void> {
  const deadline = Date.now() + (orphans ? ORPHANS_MS : 0);
  while (!(await compute.validateConnection(computeConfig)).success) {
    if (Date.now() >= deadline) {
      // It fails again, and says why with a code.
      const connection = await compute.connect(computeConfig, { readOnly: false });
      await connection.close();
      return;
    }
    await sleep(POLL_MS, undefined, { signal: project.signal });
  }
}
