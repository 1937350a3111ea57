import { readFile } from "node:fs/promises";
import { FloeError, type PythonEnvironmentSpec } from "@floe/core/contracts";

interface Requirement {
  name: string;
  extras: string;
  version: string;
  marker: string;
  hashes: readonly string[];
  file: string;
}

/**
 * The requirements of all lock files and packages as one list, sorted, so that the same content in any
 * order and with any comments makes the same environment.
 *
 * A lock may pin a package several times for several Pythons, told apart by markers; which of them holds
 * here is uv's to judge.
 *
 * @throws FloeError `PYTHON.ENVIRONMENT_FAILED` for a requirement that isn't pinned or names an address,
 * and for a package that is pinned differently under the same condition.
 */
export async function mergeRequirements(
  spec: PythonEnvironmentSpec,
): Promise<{ text: string; hashed: boolean }> {
  const files = [spec.requirements, ...(spec.additionalRequirements ?? [])];
  const requirements = (await Promise.all(files.map(readRequirements))).flat();
  for (const text of spec.packages ?? []) requirements.push(parseRequirement(text, "the configuration"));

  const pins = new Map<string, Requirement>();
  const hashes = new Map<string, Set<string>>();
  for (const requirement of requirements) {
    const { name, version, marker } = requirement;
    const other = pins.get(`${name};${marker}`);
    if (other !== undefined && other.version !== version) throw contradiction(other, requirement);
    pins.set(`${name};${marker}`, other ?? requirement);
    const known = hashes.get(`${name}==${version}`) ?? new Set();
    for (const hash of requirement.hashes) known.add(hash);
    hashes.set(`${name}==${version}`, known);
  }
  const lines = requirements.map(({ name, extras, version, marker }) =>
    [`${name}${extras}==${version}`, marker, ...[...(hashes.get(`${name}==${version}`) ?? [])].toSorted()]
      .filter(Boolean)
      .join(" "),
  );
  return {
    text: [...new Set(lines)]
      .toSorted()
      .map((line) => `${line}\n`)
      .join(""),
    hashed: lines.every((line) => line.includes(" --hash=")),
  };
}

function contradiction(one: Requirement, other: Requirement): FloeError {
  return new FloeError("PYTHON.ENVIRONMENT_FAILED", `Two versions of ${one.name} are asked for.`, {
    why: `${one.file} pins ${one.version}, ${other.file} pins ${other.version}.`,
    next: ["Use versions of these plugins that were released together."],
  });
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
  return {
    name: name.toLowerCase().replace(/[-_.]+/g, "-"),
    extras: extras.replace(/\s/g, ""),
    version,
    marker: marker.trim(),
    hashes: hashes.trim().split(/\s+/).filter(Boolean),
    file,
  };
}
