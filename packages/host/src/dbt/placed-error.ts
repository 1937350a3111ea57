import { join } from "node:path";
import { FloeError, isFloeError } from "@floe/core/contracts";
import { displayPath } from "../config/yaml-document.ts";
import { readOrNothing } from "../process/write-file.ts";

/**
 * Brings a dbt plugin's error into the form in which users are shown places: its file as the user knows it,
 * not from the dbt project's folder, and with the line itself where the error names one.
 */
export function placedError(error: unknown, dbtProjectDir: string, cwd: string): unknown {
  if (!isFloeError(error) || error.where === undefined) return error;
  const { code, summary, severity, why, next, plugin, cause, where } = error;
  const path = join(dbtProjectDir, where.file);
  const content = readOrNothing(path);
  if (content === undefined) return error;
  const source = where.line === undefined ? undefined : content.split(/\r?\n/)[where.line - 1];
  return new FloeError(code, summary, {
    severity,
    why,
    next,
    plugin,
    cause,
    where: { ...where, file: displayPath(path, cwd), ...(source === undefined ? {} : { source }) },
  });
}
