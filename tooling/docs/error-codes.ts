import { ERROR_CODES } from "@floe/core";
import { REPOSITORY_ROOT } from "../workspace/workspace.ts";
import { type GeneratedPage, isCurrent, writePage } from "./generated-page.ts";

const EXIT_CODES: Record<number, string> = {
  0: "Done.",
  1: "A defect in floe.",
  2: "floe could not do it: configuration, tool, connection.",
  3: "Declined by the user.",
  4: "Findings: validation errors, bad data, a closed gate.",
  130: "Interrupted.",
};

/** The reference of all error codes, from the list in @floe/core. */
export const errorCodesPage: GeneratedPage = { file: "docs/reference/errors.md", render };

function render(): string {
  const lines = [
    "# Error codes",
    "",
    "Every error that floe or a plugin answers with has one of these codes. Codes are stable: scripts may",
    "match on the `code` in the output of `--json`.",
    "",
    "<!-- Generated from packages/core/src/errors/codes.ts by `node tooling/docs/error-codes.ts --write`. -->",
    "",
    "## Exit codes",
    "",
    "| exit code | meaning |",
    "|---|---|",
    ...Object.entries(EXIT_CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`),
  ];
  for (const [group, codes] of Object.entries(Object.groupBy(Object.keys(ERROR_CODES), groupOf))) {
    lines.push("", `## ${group}`, "", "| code | exit code | meaning |", "|---|---|---|");
    for (const code of codes ?? []) {
      const { exitCode, meaning } = ERROR_CODES[code as keyof typeof ERROR_CODES];
      lines.push(`| \`${code}\` | ${exitCode} | ${meaning.replaceAll("|", "\\|")} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function groupOf(code: string): string {
  return code.slice(0, code.indexOf("."));
}

if (import.meta.main) {
  if (process.argv.includes("--write")) await writePage(REPOSITORY_ROOT, errorCodesPage);
  else if (!(await isCurrent(REPOSITORY_ROOT, errorCodesPage))) {
    console.error(`${errorCodesPage.file} is out of date: node tooling/docs/error-codes.ts --write`);
    process.exitCode = 1;
  }
}
