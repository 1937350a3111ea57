import { lintProduct } from "@floe/host/run";
import type { Outcome, Run } from "../command.ts";
import { unlessInvalid } from "../render/findings.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = (invocation) =>
  unlessInvalid(async (): Promise<Outcome> => {
    const fix = invocation.options.fix === true;
    const result = await lintProduct({ ...projectOptions(invocation), fix });
    const { issues, filesChecked, fixed } = result;
    return {
      ok: result.success,
      result,
      text: (style) => {
        const lines = issues.map(({ file, line, column, rule, message, severity, fixable }) => {
          const mark = severity === "error" ? style.red(rule) : style.yellow(rule);
          return `${file}:${line}:${column}  ${mark}  ${message}${fixable && !fix ? style.dim(" (--fix mends it)") : ""}`;
        });
        const mended = fixed > 0 ? ` ${fixed} mended.` : "";
        const verdict =
          issues.length === 0
            ? style.green(`${filesChecked} files are clean.`)
            : style.red(
                `${issues.length} ${issues.length === 1 ? "issue" : "issues"} in ${filesChecked} files.`,
              );
        return [...lines, `${verdict}${mended}`].join("\n");
      },
    };
  });
