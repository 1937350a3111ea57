import type { ProjectOptions } from "@floe/host";
import type { Invocation } from "../command.ts";

/** What every command that opens a project passes on. */
export function projectOptions({ options, cwd, env, signal, log }: Invocation): ProjectOptions {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
  };
  const [product, manifest, environment] = ["product", "manifest", "env"].map(text);
  return {
    cwd,
    env,
    signal,
    log,
    ...(product === undefined ? {} : { product }),
    ...(manifest === undefined ? {} : { manifest }),
    ...(environment === undefined ? {} : { environment }),
  };
}
