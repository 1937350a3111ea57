import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createEditorSchemas, type EditorSchemas } from "../project/editor-schemas.ts";
import type { PluginRegistry } from "../registry/registry.ts";

/**
 * Writes the editors' schemas below `.floe/schema`, where the first line of what `floe init` writes points.
 *
 * @returns The files, relative to `dir`, and what couldn't be put in.
 */
export async function writeEditorSchemas(
  dir: string,
  registry: PluginRegistry,
): Promise<{ files: string[]; failed: EditorSchemas["failed"] }> {
  const { manifest, floe, failed } = await createEditorSchemas(registry);
  const files: string[] = [];
  for (const [name, schema] of Object.entries({ manifest, floe })) {
    const path = `.floe/schema/${name}.schema.json`;
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.tmp`, `${JSON.stringify(schema, null, 2)}\n`);
    await rename(`${file}.tmp`, file);
    files.push(path);
  }
  return { files, failed };
}
