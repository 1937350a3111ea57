import type { PluginKind } from "@floe/core";

/** Names of the Python floe's plugins that ours have under another, so that its manifests work as they are. */
const ALIASES: { readonly [K in PluginKind]?: Readonly<Record<string, string>> } = {
  dbt: { core: "local" },
  storage: { "aws-s3": "s3" },
};

/** A plugin's name as floe has it. */
export function canonicalName(kind: PluginKind, name: string): string {
  return ALIASES[kind]?.[name] ?? name;
}
