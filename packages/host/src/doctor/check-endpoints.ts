import { type ConnectionResult, isFloeError, type PluginKind } from "@floe/core/contracts";
import type { PluginSet } from "../lifecycle/plugin-set.ts";
import type { Project } from "../project/project.ts";
import { type Check, ok } from "./check.ts";
import { checkNamespace } from "./check-namespace.ts";
import { faultCheck } from "./check-plugins.ts";

/** Every endpoint that the manifest configures, all asked at once: each plugin as its kind can be asked. */
export async function checkEndpoints(project: Project): Promise<Check[]> {
  let plugins: PluginSet;
  try {
    plugins = await project.plugins();
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return [faultCheck("endpoints", error)];
  }
  try {
    const endpoints = await Promise.all(plugins.kinds.map((kind) => checkEndpoint(kind, plugins, project)));
    return [...endpoints, ...(await checkNamespace(project, plugins))];
  } finally {
    await plugins.stop();
  }
}

async function checkEndpoint(kind: PluginKind, plugins: PluginSet, project: Project): Promise<Check> {
  const name = `endpoint of ${kind} ${plugins.get(kind)?.name ?? ""}`.trimEnd();
  try {
    const result = await askConnection(kind, plugins, project);
    if (result !== undefined) {
      if (result.success) return ok(name, result.message);
      return { name, status: "failed", message: result.message, next: [...result.next] };
    }
    const health = await plugins.get(kind)?.healthCheck?.();
    if (health === undefined) return { name, status: "skipped", message: "It has nothing to ask.", next: [] };
    if (health.state === "healthy") return ok(name, "Works.");
    const status = health.state === "degraded" ? "warning" : "failed";
    return {
      name,
      status,
      message: health.message,
      next: ["Check the plugin's configuration in manifest.yaml."],
    };
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return faultCheck(name, error);
  }
}

function askConnection(
  kind: PluginKind,
  plugins: PluginSet,
  project: Project,
): Promise<ConnectionResult> | undefined {
  switch (kind) {
    case "compute":
      return plugins.get(kind)?.validateConnection(project.computeConfig(plugins));
    case "orchestrator":
    case "telemetry_backend":
    case "lineage_backend":
      return plugins.get(kind)?.validateConnection();
    default:
      return undefined;
  }
}
