import type { Fault } from "@floe/core";
import type { Style } from "../command.ts";

/**
 * A fault for a person: code, what is wrong, the line with a caret, why, and what to do.
 *
 * ```
 * error CONFIG.UNKNOWN_KEY: There is no key "teir" here.
 *   floe.yaml:7:5
 *   7 |     teir: gold
 *     |     ^^^^
 *   The keys are name, tier.
 *   -> Did you mean "tier"?
 * ```
 */
export function renderFault(
  { code, severity, summary, why, next, where, plugin }: Fault,
  style: Style,
): string {
  const mark = severity === "error" ? style.red : style.yellow;
  const from = plugin === undefined ? "" : ` (${plugin})`;
  const lines = [`${mark(`${severity} ${code}`)}${from}: ${style.bold(summary)}`];
  if (where !== undefined) {
    const { file, line, column, length = 1, source } = where;
    lines.push(`  ${style.dim([file, line, column].filter((part) => part !== undefined).join(":"))}`);
    if (line !== undefined && source !== undefined && source.trim() !== "") {
      const number = String(line);
      lines.push(`  ${style.dim(`${number} |`)} ${source}`);
      if (column !== undefined) {
        // Tabs stay tabs below, so that the caret stands where the text does.
        const indent = source.slice(0, column - 1).replace(/[^\t]/g, " ");
        lines.push(`  ${style.dim(`${" ".repeat(number.length)} |`)} ${indent}${mark("^".repeat(length))}`);
      }
    }
  }
  if (why !== undefined) lines.push(...why.split("\n").map((line) => `  ${line}`));
  lines.push(...next.map((step) => `  ${style.dim("->")} ${step}`));
  return lines.join("\n");
}
