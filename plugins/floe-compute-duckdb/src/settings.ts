import type { DuckDbConfig } from "./config.ts";

type Settings = DuckDbConfig["settings"];

/** Settings of how extensions are found and trusted: `extension_directory`, `allow_unsigned_extensions`. */
const ABOUT_EXTENSIONS = /extension/;

/** Where files of `extension_files` are installed, unless the settings say where extensions are. */
const OWN_EXTENSIONS = ".floe/duckdb/extensions";

/**
 * Where extensions are installed, as it stands in dbt's profile: relative to the product's folder where it is
 * floe's own. Undefined: where DuckDB has them, `~/.duckdb/extensions`.
 */
export function extensionDirectory({ settings, extension_files }: DuckDbConfig): string | undefined {
  const given = settings.extension_directory;
  if (given !== undefined) return String(given);
  return extension_files.length === 0 ? undefined : OWN_EXTENSIONS;
}

/**
 * The settings, divided by when they must be there. Those about extensions go in as the database is opened:
 * some can't be changed later, and dbt-duckdb sets the others only after it has loaded extensions.
 */
export function dividedSettings(config: DuckDbConfig): {
  atOpen: Settings;
  afterwards: Settings;
} {
  const { settings, memory_limit } = config;
  const entries = Object.entries(settings);
  const directory = extensionDirectory(config);
  return {
    atOpen: {
      ...Object.fromEntries(entries.filter(([name]) => ABOUT_EXTENSIONS.test(name))),
      ...(directory === undefined ? {} : { extension_directory: directory }),
    },
    afterwards: {
      ...(memory_limit === undefined ? {} : { memory_limit }),
      ...Object.fromEntries(entries.filter(([name]) => !ABOUT_EXTENSIONS.test(name))),
    },
  };
}
