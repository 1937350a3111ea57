import { readFileSync } from "node:fs";
import { FloeError } from "@floe/core/contracts";

/** What discovery reads of a package.json. Everything else is carried along unread. */
export interface PackageJson {
  name?: string;
  version?: string;
  description?: string;
  floe?: unknown;
  main?: string;
  exports?: unknown;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** The text of a file, or undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new FloeError("CONFIG.UNREADABLE", `${file} can't be read.`, {
      why: (error as Error).message,
      next: ["Check the file's permissions."],
      where: { file },
      cause: error,
    });
  }
}

/** @throws FloeError `CONFIG.SYNTAX` where the text isn't a JSON object. */
export function parsePackageJson(text: string, file: string): PackageJson {
  let value: unknown;
  let reason = "It must be a JSON object.";
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    reason = (error as Error).message;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as PackageJson;
  throw new FloeError("CONFIG.SYNTAX", `${file} isn't a valid package.json.`, {
    why: reason,
    next: ["Mend the file; `npm pkg fix` shows where it fails."],
    where: { file },
  });
}
