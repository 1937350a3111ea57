import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { FloeError, GENERATED } from "@floe/core/contracts";
import { displayPath } from "../config/yaml-document.ts";
import { readOrNothing, writeFilesTogether } from "../process/write-file.ts";
import type { DbtProjectFile } from "./dbt-project.ts";

/** First line of a macro file that floe generates, by which it knows its own. */
const MARK = `{${GENERATED} #}`;

export interface MacroFiles {
  /** All that stand there now, relative to the dbt project. */
  files: readonly string[];
  /** Those of them whose content is new. */
  written: readonly string[];
}

/**
 * Keeps the compute engine's macros in the dbt project, in a folder `floe` of its macros, where also a dbt that
 * floe doesn't start finds them. Generated files that nobody wants any more go; files of the user's never do.
 *
 * @param wanted Content by file name; empty for an engine that needs none.
 * @throws FloeError `PROJECT.EXISTS` where a file of the user's has the name, `PROJECT.UNWRITABLE`.
 */
export function writeDbtMacros(
  { macroPath }: DbtProjectFile,
  dbtProjectDir: string,
  wanted: Readonly<Record<string, string>>,
  cwd: string,
): MacroFiles {
  const folder = join(macroPath, "floe");
  const path = (name: string): string => join(dbtProjectDir, folder, name);
  const names = Object.keys(wanted).sort();
  for (const name of names) {
    const there = readOrNothing(path(name));
    if (there === undefined || there.startsWith(MARK)) continue;
    throw new FloeError("PROJECT.EXISTS", `floe must write ${join(folder, name)}, and it is there already.`, {
      why: "It is not a file that floe has generated.",
      next: ["Give it another name or another folder: dbt finds it anywhere among its macros."],
      where: { file: displayPath(path(name), cwd) },
    });
  }
  const contents = names.map((name): [string, string] => [path(name), `${MARK}\n${wanted[name]}`]);
  const written = writeFilesTogether(new Map(contents));
  removeOthers(dirname(path("x")), names);
  return {
    files: names.map((name) => join(folder, name)),
    written: names.filter((name) => written.includes(path(name))).map((name) => join(folder, name)),
  };
}

function removeOthers(folder: string, names: readonly string[]): void {
  let there: string[];
  try {
    there = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of there) {
    const file = join(folder, name);
    if (!names.includes(name) && readOrNothing(file)?.startsWith(MARK)) rmSync(file);
  }
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it.
  }
}
