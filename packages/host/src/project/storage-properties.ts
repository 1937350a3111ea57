import type { PluginSet } from "../lifecycle/plugin-set.ts";

/** How a Python process opens the platform's storage; undefined without one. Secrets as `env_var()`. */
export function storageProperties(plugins: PluginSet): Record<string, string> | undefined {
  const storage = plugins.get("storage");
  return storage && { ...storage.getPyicebergProperties(), ...storage.getPyicebergSecrets?.() };
}
