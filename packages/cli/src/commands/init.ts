import { initProject } from "@floe/host";
import type { Invocation, Outcome, Run } from "../command.ts";
import { version } from "../version.ts";

export const run: Run = async (invocation): Promise<Outcome> => {
  const { parameters, cwd, env } = invocation;
  const [dir] = parameters;
  const name = await chooseName(invocation);
  const result = await initProject({ cwd, dir, name, env, version });
  return {
    ok: true,
    result,
    text: (style) =>
      [
        `${style.green("Made")} ${style.bold(result.name)} in ${result.dir}:`,
        ...result.files.map((file) => `  ${file}`),
        "",
        "Next:",
        ...result.next.map((step) => `  ${step}`),
      ].join("\n"),
  };
};

/** Asks only a person, and only for what wasn't said. */
async function chooseName({
  options,
  parameters,
  interactive,
  signal,
}: Invocation): Promise<string | undefined> {
  if (typeof options.name === "string") return options.name;
  if (!interactive || parameters.length > 0) return undefined;
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question("Name of the product (Enter: the folder's name): ", { signal });
    return answer.trim() === "" ? undefined : answer.trim();
  } finally {
    terminal.close();
  }
}
