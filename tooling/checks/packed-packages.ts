import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type PackedPackage, packAll } from "../release/pack.ts";
import { capture } from "../workspace/command.ts";
import { inParallel } from "../workspace/in-parallel.ts";
import type { Check, Finding } from "./finding.ts";
import { tarballContent } from "./tarball-content.ts";

/** What would be published is what users can install, import and compile against. */
export const packedPackages: Check = {
  title: "packed tarballs are sound (publint, attw)",
  async find({ root }) {
    const folder = await mkdtemp(join(tmpdir(), "floe-pack-"));
    try {
      const packages = await packAll(root, folder);
      return (await inParallel(packages, 2, inTarball)).flat();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Everything that is wrong with one tarball. */
export async function inTarball(packed: PackedPackage): Promise<Finding[]> {
  return [...tarballContent(packed), ...(await linted(packed)), ...(await typed(packed))];
}

async function linted(packed: PackedPackage): Promise<Finding[]> {
  const { buffer } = new Uint8Array(await readFile(packed.tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  return messages
    .filter((message) => message.type !== "suggestion")
    .map((message) => ({
      file: packed.name,
      message: `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`,
      remedy: `See the rule ${message.code} in publint's documentation.`,
    }));
}

interface AttwReport {
  analysis?: { types?: unknown; problems?: { kind: string; entrypoint?: string; resolutionKind?: string }[] };
}

/** Only what `import` sees counts: floe's packages are ES modules, and say so. */
async function typed(packed: PackedPackage): Promise<Finding[]> {
  const command = join(
    dirname(createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json")),
    "dist/index.js",
  );
  const args = [command, packed.tarball, "--profile", "esm-only", "--format", "json"];
  const result = await capture(process.execPath, args, { cwd: dirname(packed.tarball) });
  if (result.exitCode === 0) return [];
  const report = parsed(result.stdout);
  const problems = report?.analysis?.problems ?? [];
  if (problems.length === 0) {
    const message = `attw: ${(result.stderr || result.stdout).trim().slice(-500)}`;
    return [{ file: packed.name, message, remedy: "Run `attw --profile esm-only` on the packed tarball." }];
  }
  return problems.map(({ kind, entrypoint, resolutionKind }) => ({
    file: packed.name,
    message: `attw: ${kind} at ${entrypoint ?? "."} (${resolutionKind ?? "any resolution"}).`,
    remedy: "Compare `exports` and `publishConfig.exports` with a package that passes.",
  }));
}

function parsed(text: string): AttwReport | undefined {
  try {
    return JSON.parse(text) as AttwReport;
  } catch {
    return undefined;
  }
}
