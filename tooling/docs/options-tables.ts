/**
 * The options tables in the plugins' READMEs, from the schemas that check the options.
 *
 * `node tooling/docs/options-tables.ts --write` writes them, `--check` fails where one is stale.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PluginDefinition } from "@floe/core";
import { describePluginConfig } from "@floe/host";

const root = join(import.meta.dirname, "..", "..");
const MARKED = /(<!-- options:begin -->\n)[\s\S]*?(<!-- options:end -->)/;

/** The README's text with the table as it should be; undefined where it has no place for one. */
export function withOptionsTable(readme: string, definition: PluginDefinition): string | undefined {
  if (!MARKED.test(readme)) return undefined;
  const rows = describePluginConfig(definition).map(
    ({ name, type, required, default: preset, description }) => {
      const fallback = required ? "required" : preset === undefined ? "" : `\`${JSON.stringify(preset)}\``;
      return `| \`${name}\` | ${type.replaceAll("|", "\\|")} | ${fallback} | ${description.replaceAll("|", "\\|")} |\n`;
    },
  );
  const table = `| option | type | default | meaning |\n|---|---|---|---|\n${rows.join("")}`;
  return readme.replace(MARKED, (_all, begin: string, end: string) => begin + table + end);
}

/** READMEs whose table isn't what the schema says, with what it should be. */
export async function staleOptionsTables(): Promise<{ file: string; text: string | undefined }[]> {
  const stale: { file: string; text: string | undefined }[] = [];
  for (const path of globSync("plugins/*/package.json", { cwd: root }).toSorted()) {
    const file = join(dirname(path), "README.md");
    const entry = join(root, dirname(path), "src", "index.ts");
    const { default: definition } = (await import(pathToFileURL(entry).href)) as {
      default: PluginDefinition;
    };
    const readme = readFileSync(join(root, file), "utf8");
    const text = withOptionsTable(readme, definition);
    if (text !== readme) stale.push({ file, text });
  }
  return stale;
}

if (import.meta.main) {
  const stale = await staleOptionsTables();
  for (const { file, text } of stale) {
    if (process.argv.includes("--write") && text !== undefined) writeFileSync(join(root, file), text);
    else {
      console.error(
        `${file}: ${text === undefined ? "has no options table" : "the options table is stale"}.`,
      );
      process.exitCode = 1;
    }
  }
}
