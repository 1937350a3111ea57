import { type Check, diagnose } from "@floe/host";
import type { Outcome, Run, Style } from "../command.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = async (invocation): Promise<Outcome> => {
  const { healthy, checks } = await diagnose(projectOptions(invocation));
  return {
    ok: healthy,
    result: { healthy, checks },
    text: (style) => {
      const failed = checks.filter(({ status }) => status === "failed").length;
      const verdict = healthy
        ? style.green("All is well.")
        : style.red(`${failed} of ${checks.length} checks failed.`);
      return [...checks.map((check) => renderCheck(check, style)), "", verdict].join("\n");
    },
  };
};

function renderCheck({ name, status, message, next }: Check, style: Style): string {
  const marks = {
    ok: style.green("ok     "),
    warning: style.yellow("warning"),
    failed: style.red("failed "),
    skipped: style.dim("skipped"),
  };
  return [
    `${marks[status]}  ${style.bold(name)}: ${message}`,
    ...next.map((step) => `         ${style.dim("->")} ${step}`),
  ].join("\n");
}
