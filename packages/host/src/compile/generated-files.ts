import { createHash } from "node:crypto";
import { globSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { FloeError, GENERATED } from "@floe/core/contracts";
import { displayPath } from "../config/yaml-document.ts";
import { readOrNothing, writeFilesTogether, writing } from "../process/write-file.ts";

/** What a compile wrote, for the next one to know what it may remove: paths within the product, with hashes. */
export const FILE_LIST = "deploy/generated.json";

/** Changes where an older floe would misread the list. */
const FORMAT = 1;

/** Every compile writes them, or leaves a user's in their place. */
const ALWAYS = new Set(["compiled_artifacts.json", "profiles.yml"]);

export interface GeneratedFiles {
  /** All that belongs to the compiled product now. */
  files: readonly string[];
  /** Those of them whose content is new. */
  written: readonly string[];
  /** What an earlier compile wrote and this one didn't want any more. */
  removed: readonly string[];
}

/**
 * Puts a compile's files into the product's folder, and takes out those of earlier compiles that it has no more
 * use for. A file that was changed since it was written is its owner's, and stays.
 *
 * @param content By path within the product's folder, with slashes.
 * @throws FloeError `PROJECT.UNWRITABLE`: what was there is whole; what was removed is removed.
 */
export function writeGenerated(projectDir: string, content: ReadonlyMap<string, string>): GeneratedFiles {
  const at = (path: string): string => join(projectDir, path);
  const absolute = new Map([...content].map(([path, text]) => [at(path), text]));
  const written = writeFilesTogether(absolute);
  const removed = Object.entries(readList(projectDir))
    .filter(([path]) => !content.has(path))
    .flatMap(([path, hash]) => {
      const there = readOrNothing(at(path));
      return there !== undefined && hashOf(there) === hash ? [path] : [];
    });
  for (const path of removed) remove(projectDir, path);
  // Last: what a crash kept from being removed still stands in the old list.
  const listed = [...content].filter(([path]) => !ALWAYS.has(path)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const list = Object.fromEntries(listed.map(([path, text]) => [path, hashOf(text)]));
  if (listed.length === 0) remove(projectDir, FILE_LIST);
  else if (writeFilesTogether(new Map([[at(FILE_LIST), render(list)]])).length > 0)
    written.push(at(FILE_LIST));
  return {
    files: [...content.keys(), ...(listed.length === 0 ? [] : [FILE_LIST])],
    written: written.map((file) => displayPath(file, projectDir)),
    removed,
  };
}

/**
 * Refuses to write over what isn't floe's: a file without its mark.
 *
 * @throws FloeError `PROJECT.EXISTS`.
 */
export function refuseOthersFiles(
  paths: Iterable<string>,
  { projectDir, cwd, why }: { projectDir: string; cwd: string; why: string },
): void {
  for (const path of paths) {
    const there = readOrNothing(join(projectDir, path));
    if (there === undefined || there.trim() === "" || there.startsWith(GENERATED)) continue;
    throw new FloeError("PROJECT.EXISTS", `${path} is a file of your own, and would be written over.`, {
      why,
      next: [`Move ${path}, or what you need of it into another file, and compile again.`],
      where: { file: displayPath(join(projectDir, path), cwd) },
    });
  }
}

function readList(projectDir: string): Record<string, string> {
  try {
    const { format, files } = JSON.parse(readOrNothing(join(projectDir, FILE_LIST)) ?? "") as {
      format?: unknown;
      files?: unknown;
    };
    if (format !== FORMAT || typeof files !== "object" || files === null) return {};
    return Object.fromEntries(
      Object.entries(files).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string" && isWithin(entry[0]),
      ),
    );
  } catch {
    // Not there, or spoilt: then nothing is known to be floe's, and nothing goes.
    return {};
  }
}

/** The list came with the folder, from wherever: it must not lead out of it. */
function isWithin(path: string): boolean {
  return path !== "" && !/^(?:\/|[A-Za-z]:)|\\/.test(path) && !posix.normalize(path).startsWith("..");
}

/** Removes a file, what Python made of it, and the folders that are empty then. */
function remove(projectDir: string, path: string): void {
  const file = join(projectDir, path);
  writing(file, () => rmSync(file, { force: true }));
  const folder = dirname(file);
  if (file.endsWith(".py")) {
    const cache = join(folder, "__pycache__");
    for (const name of globSync(`${basename(file, ".py")}.*.pyc`, { cwd: cache }))
      rmSync(join(cache, name), { force: true });
    removeEmpty(cache, folder);
  }
  removeEmpty(folder, projectDir);
}

function removeEmpty(folder: string, upTo: string): void {
  try {
    for (let dir = folder; dir !== upTo && dir.startsWith(upTo); dir = dirname(dir)) rmdirSync(dir);
  } catch {
    // Something is in it, or it isn't there.
  }
}

function render(files: Record<string, string>): string {
  return `${JSON.stringify({ format: FORMAT, files }, null, 2)}\n`;
}

function hashOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
