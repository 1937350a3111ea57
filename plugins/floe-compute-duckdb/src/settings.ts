import type { DuckDbConfig } from "./config.ts";

type Settings = DuckDbConfig["settings"];

/** Settings of how extensions are found and trusted: `extension_directory`, `allow_unsigned_extensions`. */
const ABOUT_EXTENSIONS = /extension/;

/**
 * The settings, divided by when they must be there. Those about extensions go in as the database is opened:
 * some can't be changed later, and dbt-duckdb sets the others only after it has loaded extensions.
 */
export function dividedSettings({ settings, memory_limit }: DuckDbConfig): {
  atOpen: Settings;
  afterwards: Settings;
} {
  const entries = Object.entries(settings);
  return {
    atOpen: Object.fromEntries(entries.filter(([name]) => ABOUT_EXTENSIONS.test(name))),
    afterwards: {
      ...(memory_limit === undefined ? {} : { memory_limit }),
      ...Object.fromEntries(entries.filter(([name]) => !ABOUT_EXTENSIONS.test(name))),
    },
  };
}
