import { type MonitorFinding, monitorProduct } from "@floe/host/run";
import type { Outcome, Run, Style } from "../command.ts";
import { unlessInvalid } from "../render/findings.ts";
import { styleFor } from "../render/style.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = (invocation) =>
  unlessInvalid(async (): Promise<Outcome> => {
    const once = invocation.options.once === true;
    const json = invocation.options.json === true;
    const style = styleFor(process.stdout, invocation.env);
    const findings = await monitorProduct({
      ...projectOptions(invocation),
      once,
      onFinding: (finding) => {
        // As they come: a line each, of JSON where that is asked for.
        if (!once) process.stdout.write(`${json ? JSON.stringify(finding) : render(finding, style)}\n`);
      },
    });
    return {
      ok: findings.every(({ healthy }) => healthy),
      // Without --once it is ended from outside, and that is no failure.
      endsOnSignal: !once,
      result: { findings },
      text: (own) =>
        once && findings.length === 0
          ? "Nothing is due."
          : findings.map((finding) => render(finding, own)).join("\n"),
    };
  });

function render({ check, at, healthy, problems }: MonitorFinding, style: Style): string {
  const head = `${at.slice(0, 19).replace("T", " ")}  ${check.padEnd(12)}`;
  if (healthy) return `${head}  ${style.green("ok")}`;
  return [`${head}  ${style.red("problem")}`, ...problems.map((problem) => `  ${problem}`)].join("\n");
}
