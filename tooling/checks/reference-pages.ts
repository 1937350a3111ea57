import { existsSync } from "node:fs";
import { join } from "node:path";
import { capture } from "../workspace/command.ts";
import type { Check } from "./finding.ts";

/** Scripts that make pages of the reference; each knows `--check` and `--write`. */
const GENERATORS = ["tooling/docs/error-codes.ts", "tooling/docs/options-tables.ts"];

/** What is generated from the source says what the source says now. */
export const referencePages: Check = {
  title: "generated reference pages are current",
  async find({ root }) {
    const present = GENERATORS.filter((generator) => existsSync(join(root, generator)));
    const results = await Promise.all(
      present.map(async (generator) => ({
        generator,
        ...(await capture(process.execPath, [generator, "--check"], { cwd: root })),
      })),
    );
    return results
      .filter((result) => result.exitCode !== 0)
      .map(({ generator, stdout, stderr }) => ({
        file: generator,
        message: `${stdout}${stderr}`.trim(),
        remedy: `node ${generator} --write`,
      }));
  },
};
