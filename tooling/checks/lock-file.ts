import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./finding.ts";

const LOCK_FILE = "pnpm-lock.yaml";

/** The lock file pins content by hash; where it comes from is each machine's own setting. */
export const lockFile: Check = {
  title: "the lock file records no addresses",
  async find({ root }) {
    const lines = (await readFile(join(root, LOCK_FILE), "utf8")).split("\n");
    return lines.flatMap((line, index) => {
      const address = /(?:https?|git|ssh):\/\/[^\s'"}]+|\bfile:[^\s'"}]+/.exec(line)?.[0];
      // A deprecation note is text by the package's author, not a place to download from.
      if (address === undefined || /^\s*deprecated:/.test(line)) return [];
      return [
        {
          file: `${LOCK_FILE}:${index + 1}`,
          message: `The lock file names ${address}.`,
          remedy:
            "Install with `lockfileIncludeTarballUrl` unset, and depend on versions rather than addresses.",
        },
      ];
    });
  },
};
