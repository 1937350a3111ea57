import { createEditorSchemas, openRegistry, writeEditorSchemas } from "@floe/host";
import type { Outcome, Run } from "../command.ts";

export const run: Run = async ({ parameters, options, cwd, env, log }): Promise<Outcome> => {
  const registry = openRegistry(cwd, env);
  if (options.write === true) {
    const { files, failed } = await writeEditorSchemas(cwd, registry);
    warn(failed, log);
    return { ok: true, result: { files }, text: () => files.join("\n") };
  }
  const { failed, ...schemas } = await createEditorSchemas(registry);
  warn(failed, log);
  const schema = schemas[parameters[0] === "floe" ? "floe" : "manifest"];
  return { ok: true, result: schema, text: () => JSON.stringify(schema, null, 2) };
};

function warn(
  failed: readonly { package: string; error: unknown }[],
  log: (record: { level: string; message: string }) => void,
): void {
  for (const { package: name, error } of failed) {
    log({ level: "warn", message: `The configuration of ${name} isn't in it: ${(error as Error).message}` });
  }
}
