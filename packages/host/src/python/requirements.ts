import { readFile } from "node:fs/promises";
import { FloeError, type PythonEnvironmentSpec } from "@floe/core/contracts";

interface Requirement {
  name: string;
  version: string;
  /** The requirement with its hashes, as it goes into the merged file. */
  text: string;
  file: string;
}

/**
 * The requirements of all lock files and packages as one list, sorted, so that the same content in any
 * order and with any comments makes the same environment.
 *
 * @throws FloeError `PYTHON.ENVIRONMENT_FAILED` for a requirement that isn't pinned or names an address,
 * and for a package that two files pin differently.
 */
export async function mergeRequirements(
  spec: PythonEnvironmentSpec,
): Promise<{ text: string; hashed: boolean }> {
  const files = [spec.requirements, ...(spec.additionalRequirements ?? [])];
  const requirements = (await Promise.all(files.map(readRequirements))).flat();
  for (const text of spec.packages ?? []) requirements.push(parseRequirement(text, "the configuration"));

  const byName = new Map<string, Requirement>();
  for (const requirement of requirements) {
    const other = byName.get(requirement.name);
    if (other !== undefined && other.version !== requirement.version) {
      throw new FloeError("PYTHON.ENVIRONMENT_FAILED", `Two versions of ${requirement.name} are asked for.`, {
        why: `${other.file} pins ${other.version}, ${requirement.file} pins ${requirement.version}.`,
        next: ["Use versions of these plugins that were released together."],
      });
    }
    // Of two equal pins the one with hashes says more.
    if (other === undefined || requirement.text.length > other.text.length)
      byName.set(requirement.name, requirement);
  }
  const sorted = [...byName.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  return {
    text: `${sorted.map(({ text }) => text).join("\n")}\n`,
    hashed: sorted.every(({ text }) => text.includes("--hash=")),
  };
}

async function readRequirements(file: string): Promise<Requirement[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new FloeError("PYTHON.ENVIRONMENT_FAILED", `The lock file ${file} can't be read.`, {
      why: (error as Error).message,
      next: ["Reinstall the plugin that it belongs to."],
      cause: error,
    });
  }
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => parseRequirement(line, file));
}

const PINNED =
  /^([A-Za-z0-9][\w.-]*)(\[[\w,\s.-]+\])?\s*==\s*([\w.!+-]+)\s*((?:;[^#]*?)?)((?:\s+--hash=sha\d+:[0-9a-f]+)*)$/;

function parseRequirement(text: string, file: string): Requirement {
  const match = PINNED.exec(text.trim());
  const [, name = "", extras = "", version = "", marker = "", hashes = ""] = match ?? [];
  if (match === null) {
    throw new FloeError(
      "PYTHON.ENVIRONMENT_FAILED",
      `"${text.slice(0, 80)}" in ${file} isn't a pinned requirement.`,
      {
        why: "An environment must come out the same everywhere, so every line is `name==version`, without an address.",
        next: ["Pin it; `uv pip compile --generate-hashes` writes such files."],
      },
    );
  }
  const normalised = name.toLowerCase().replace(/[-_.]+/g, "-");
  const sortedHashes = hashes.trim().split(/\s+/).filter(Boolean).toSorted();
  return {
    name: normalised,
    version,
    text: [`${normalised}${extras}==${version}`, marker.trim(), ...sortedHashes].filter(Boolean).join(" "),
    file,
  };
}
