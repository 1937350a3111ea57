import { existsSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { FloeError, type Place } from "@floe/core";
import type { Complaint } from "./log.ts";

const PLACES = [/-->\s+(.+?):(\d+):(\d+)/, /\(in (.+?):(\d+):(\d+)\)/];
const HOLDER = /\(PID (\d+)\)/;
const LOCAL = "Take dbt-core 1, which knows it: plugins.dbt.type: local";

/** Whether another process holds the database. */
export function saysLocked({ text }: Complaint): boolean {
  return /Could not set lock on file|Conflicting lock is held|being used by another process/.test(text);
}

/** What kept the engine from doing what it was asked. */
export function commandError(complaint: Complaint, projectDir: string): FloeError {
  const why = complaint.text.replace(/^\[error\]\s*/, "");
  if (saysLocked(complaint)) {
    const pid = HOLDER.exec(why)?.[1];
    return new FloeError("COMPUTE.LOCKED", "The database is in use by another process.", {
      why,
      next: [
        pid === undefined
          ? "End the other process."
          : `Wait for process ${pid} to end, or end it: kill ${pid}`,
      ],
    });
  }
  if (/profiles\.yml|env_var|target '.*' not found|adapter is not yet supported/.test(why)) {
    return new FloeError("DBT.FAILED", "dbt can't use the profile.", { why, next: ["floe doctor"] });
  }
  const where = placeOf(why, projectDir);
  if (where === undefined) {
    return new FloeError("DBT.FAILED", "dbt couldn't run.", {
      why,
      next: ["Mend what dbt names, then try again."],
    });
  }
  return new FloeError("DBT.COMPILATION_FAILED", "The dbt project can't be compiled.", {
    // Without the line that only repeats the place.
    why: why.replace(/^\s*-->.*(\n|$)/gm, "").trim(),
    where,
    next: [
      "Mend what dbt names, then try again.",
      ...(/UnusedConfigKey|NotSupported|not supported|not implemented/i.test(why) ? [LOCAL] : []),
    ],
  });
}

/** The file, relative to the project, and the line that the engine names. Undefined for what isn't a file. */
export function placeOf(text: string, projectDir: string): Place | undefined {
  for (const pattern of PLACES) {
    const [, name, line, column] = pattern.exec(text) ?? [];
    if (name === undefined) continue;
    const file = isAbsolute(name) ? relative(projectDir, name) : name;
    if (file.startsWith(`..${sep}`) || !existsSync(join(projectDir, file))) continue;
    return { file: file.split(sep).join("/"), line: Math.max(1, Number(line)), column: Number(column) };
  }
  return undefined;
}
