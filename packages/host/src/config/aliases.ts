import type { PluginKind } from "@floe/core";

/** Names of the Python floe's plugins that ours have under another, so that its manifests work as they are. */
const ALIASES: { readonly [K in PluginKind]?: Readonly<Record<string, string>> } = {
  dbt: { core: "local" },
  storage: { "aws-s3": "s3" },
};

/** A plugin's name as floe has it. */
export function canonicalName(kind: string, name: string): string {
  const aliases = ALIASES[kind as PluginKind] ?? {};
  // A plugin may be called "constructor"; what every object inherits is no alias.
  return Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
}
