import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, join, resolve } from "node:path";
import { FloeError } from "@floe/core/contracts";
import { openRegistry } from "../registry/open-registry.ts";
import { projectFiles } from "./templates.ts";
import { writeEditorSchemas } from "./write-editor-schemas.ts";
import { writeNewFiles } from "./write-files.ts";

export interface InitOptions {
  cwd: string;
  /** The folder to make the project in, relative to `cwd`. Default: `cwd` itself. */
  dir?: string | undefined;
  /** The product's name. Default: the folder's, made fit. */
  name?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** The version of floe that the project's package.json asks for. */
  version: string;
}

export interface InitResult {
  dir: string;
  name: string;
  /** The files written, relative to `dir`. */
  files: string[];
  /** What to do next: commands. */
  next: string[];
}

/** Plugins of the smallest project, by their packages. */
const PLUGINS = ["floe-compute-duckdb", "floe-storage-local", "floe-dbt-local", "floe-dq-custom"];
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * Makes a new project that validates.
 *
 * @throws FloeError `USAGE.INVALID_ARGUMENT` for a name that can't be a product's, `PROJECT.EXISTS`,
 * `PROJECT.UNWRITABLE`.
 */
export async function initProject({
  cwd,
  dir: folder,
  name: named,
  env,
  version,
}: InitOptions): Promise<InitResult> {
  const dir = resolve(cwd, folder ?? ".");
  const name = named ?? nameFrom(basename(dir));
  if (!NAME.test(name)) {
    throw new FloeError("USAGE.INVALID_ARGUMENT", `"${name}" can't be the name of a product.`, {
      why: "A name is lower-case letters, digits and dashes, starts with a letter, and has at most 63 characters.",
      next: ["floe init --name my-product"],
    });
  }
  const hasPackageJson = existsSync(join(dir, "package.json"));
  const packages = Object.fromEntries(["@floe/cli", ...PLUGINS].map((one) => [one, `^${version}`]));
  const files = projectFiles({ name, owner: owner(env), packages, hasPackageJson });
  await writeNewFiles(dir, files);
  const registry = openRegistry(dir, env);
  const schemas = await writeEditorSchemas(dir, registry);

  const installed = new Set(registry.plugins.map((plugin) => plugin.package));
  const missing = PLUGINS.filter((plugin) => !installed.has(plugin));
  return {
    dir,
    name,
    files: [...Object.keys(files), ...schemas.files],
    next: [
      ...(folder === undefined ? [] : [`cd ${folder}`]),
      ...(missing.length === 0
        ? []
        : [hasPackageJson ? `npm install --save-dev ${missing.join(" ")}` : "npm install"]),
      "npx floe validate",
      "npx floe run",
    ],
  };
}

function nameFrom(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63);
  return name === "" ? "my-product" : name;
}

function owner(env: Readonly<Record<string, string | undefined>>): string {
  const user = env.USER ?? env.USERNAME ?? userInfo().username;
  return /^[\w.-]+$/.test(user) ? user : "me";
}
