import { discoverPlugins } from "../discovery/discover.ts";
import { PluginRegistry } from "./registry.ts";

/** The plugins that are installed for a folder, whether or not it is a project. */
export function openRegistry(dir: string, env: Readonly<Record<string, string | undefined>>): PluginRegistry {
  const paths = (env.FLOE_PLUGIN_PATH ?? "").split(process.platform === "win32" ? ";" : ":").filter(Boolean);
  return new PluginRegistry(discoverPlugins({ projectDir: dir, paths }));
}
