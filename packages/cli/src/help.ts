import type { Command, Option, Style } from "./command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "./command-list.ts";

/** What `floe --help` shows. */
export function overview(style: Style): string {
  return [
    `${style.bold("floe")}: a data platform that you assemble from npm packages`,
    "",
    `${style.bold("Usage")}  floe <command> [options]`,
    "",
    style.bold("Commands"),
    ...rows(
      COMMANDS.map(({ name, parameters, summary }) => [
        [name, parameters].filter(Boolean).join(" "),
        summary,
      ]),
    ),
    "",
    style.bold("Options of every command"),
    ...rows([...optionRows(GLOBAL_OPTIONS), ["--version", "Show floe's version."]]),
    "",
    "Exit codes: 0 done, 1 a bug in floe, 2 could not do it, 3 declined, 4 findings, 130 interrupted.",
  ].join("\n");
}

/** What `floe <command> --help` shows. */
export function commandHelp(command: Command, style: Style): string {
  const usage = ["floe", command.name, command.parameters, "[options]"].filter(Boolean).join(" ");
  return [
    command.summary,
    "",
    `${style.bold("Usage")}  ${usage}`,
    "",
    style.bold("Options"),
    ...rows(optionRows({ ...command.options, ...GLOBAL_OPTIONS })),
  ].join("\n");
}

function optionRows(options: Readonly<Record<string, Option>>): string[][] {
  return Object.entries(options).map(([name, { short, value, summary }]) => [
    [short === undefined ? "" : `-${short}, `, `--${name}`, value === undefined ? "" : ` ${value}`].join(""),
    summary,
  ]);
}

function rows(table: readonly (readonly string[])[]): string[] {
  const width = Math.max(...table.map(([first = ""]) => first.length));
  return table.map(([first = "", second = ""]) => `  ${first.padEnd(width)}  ${second}`);
}
