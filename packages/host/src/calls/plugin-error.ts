import { FloeError, isFloeError, type PluginIdentity } from "@floe/core/contracts";
import type { SecretMask } from "../secrets/mask.ts";
import { DeadlinePassed } from "./deadline.ts";

/** `the storage plugin s3`, as messages speak of it. */
export function describePlugin({ kind, name }: Pick<PluginIdentity, "kind" | "name">): string {
  return `the ${kind.replaceAll("_", " ")} plugin ${name}`;
}

/**
 * Whatever a plugin threw, as a FloeError that names the plugin and holds no secret. A coded error keeps
 * its code, place and remedies; anything else is `PLUGIN.CALL_FAILED`, for a plugin that lets a foreign
 * exception escape has a defect, and its user must hear whom to tell.
 */
export function pluginError(
  error: unknown,
  plugin: PluginIdentity,
  method: string,
  mask: SecretMask,
): FloeError {
  const who = describePlugin(plugin);
  const named = `${plugin.kind} ${plugin.name}`;
  if (isFloeError(error)) {
    return new FloeError(error.code, mask.text(error.summary), {
      why: error.why === undefined ? undefined : mask.text(error.why),
      next: error.next.map((step) => mask.text(step)),
      where: error.where,
      severity: error.severity,
      plugin: error.plugin ?? named,
      cause: error.cause ?? error,
    });
  }
  if (error instanceof DeadlinePassed) {
    return new FloeError(
      "PLUGIN.TIMEOUT",
      `${capital(who)} didn't finish ${method} in ${seconds(error.limitMs)}.`,
      {
        why: "What it talks to may be down, slow, or out of reach.",
        next: ["Check that the server is up, and its address in manifest.yaml."],
        plugin: named,
        cause: error,
      },
    );
  }
  if (error instanceof Error && error.name === "AbortError") {
    return new FloeError("RUN.INTERRUPTED", `${capital(who)} was interrupted in ${method}.`, {
      plugin: named,
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new FloeError("PLUGIN.CALL_FAILED", `${capital(who)} failed in ${method}.`, {
    why: mask.text(message),
    next: [`Report this to the author of ${plugin.package} ${plugin.version}.`],
    plugin: named,
    cause: error,
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
