import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that goes when the test ends; files are given as `{ "a/b.txt": "..." }`, objects as JSON. */
export function tempProject(files: Readonly<Record<string, unknown>> = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "floe-host-")));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFiles(dir, files);
  return dir;
}

export function writeFiles(dir: string, files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
}

/** The package.json of a plugin package that is fine in every way, with what a test wants changed. */
export function pluginPackage(
  name: string,
  entryPoints: Record<string, Record<string, string>>,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name,
    version: "1.2.3",
    description: `The ${name} plugin.`,
    type: "module",
    exports: { ".": "./index.js" },
    floe: { apiVersion: "1.0", entryPoints },
    ...changes,
  };
}

/** A plugin module that needs nothing: the brand is a registered symbol, so no import of core is needed. */
export function pluginModule(kind: string, name: string, body = "{}"): string {
  return `
    const configSchema = { safeParse: (value) => ({ success: true, data: value ?? {} }) };
    export default { kind: ${JSON.stringify(kind)}, name: ${JSON.stringify(name)}, configSchema,
      create: () => (${body}), [Symbol.for("floe.plugin")]: true };
  `;
}
