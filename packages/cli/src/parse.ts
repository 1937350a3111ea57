import { parseArgs } from "node:util";
import { FloeError } from "@floe/core/contracts";
import type { Command, Option } from "./command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "./command-list.ts";

export interface Parsed {
  command: Command;
  parameters: string[];
  options: Record<string, string | boolean | undefined>;
}

/**
 * The command and its arguments.
 *
 * @throws FloeError `USAGE.UNKNOWN_COMMAND`, `USAGE.UNKNOWN_OPTION`, `USAGE.INVALID_ARGUMENT`.
 */
export async function parse(words: readonly string[]): Promise<Parsed> {
  const leading = words.findIndex((word) => word.startsWith("-"));
  const names = leading < 0 ? words : words.slice(0, leading);
  const command =
    COMMANDS.find(({ name }) => name === names.slice(0, 2).join(" ")) ??
    COMMANDS.find(({ name }) => name === names[0]);
  if (command === undefined) throw await unknownCommand(names);

  const options: Record<string, Option> = { ...command.options, ...GLOBAL_OPTIONS };
  const rest = words.slice(command.name.split(" ").length);
  const { values, positionals } = await parseOptions(rest, options, command);
  if (values.help !== true) checkParameters(command, positionals);
  return { command, parameters: positionals, options: values };
}

async function parseOptions(words: readonly string[], options: Record<string, Option>, command: Command) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, { type, ...(short && { short }) }]),
  );
  try {
    return parseArgs({ args: [...words], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const [, given = ""] = /'(--?[^'\s]+)/.exec(message) ?? [];
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const { suggest } = await import("@floe/host/suggest");
      const meant = suggest(given.replace(/^--?/, ""), Object.keys(options));
      throw new FloeError("USAGE.UNKNOWN_OPTION", `floe ${command.name} has no option ${given}.`, {
        next: [meant === undefined ? `floe ${command.name} --help` : `Did you mean --${meant}?`],
      });
    }
    const name = given.replace(/^--?/, "");
    throw new FloeError(
      "USAGE.INVALID_ARGUMENT",
      `The option ${given} of floe ${command.name} isn't used rightly.`,
      {
        why:
          options[name]?.type === "string"
            ? `It needs a value: ${given} ${options[name].value}.`
            : "It takes no value.",
        next: [`floe ${command.name} --help`],
      },
    );
  }
}

function checkParameters({ name, parameters = "", choices }: Command, given: readonly string[]): void {
  const expected = parameters.split(" ").filter(Boolean);
  const least = expected.filter((word) => word.startsWith("<")).length;
  const usage = { next: [`floe ${[name, parameters].filter(Boolean).join(" ")}`] };
  if (given.length < least) {
    throw new FloeError(
      "USAGE.INVALID_ARGUMENT",
      `floe ${name} needs ${expected.slice(given.length).join(" ")}.`,
      usage,
    );
  }
  const extra = given[expected.length];
  if (extra !== undefined) {
    throw new FloeError("USAGE.INVALID_ARGUMENT", `floe ${name} doesn't take "${extra}".`, usage);
  }
  const wrong = choices === undefined ? undefined : given.find((word) => !choices.includes(word));
  if (wrong !== undefined) {
    throw new FloeError("USAGE.INVALID_ARGUMENT", `floe ${name} doesn't know "${wrong}".`, {
      why: `It takes ${choices?.join(", ")}.`,
      ...usage,
    });
  }
}

async function unknownCommand(words: readonly string[]): Promise<FloeError> {
  const [first = ""] = words;
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const given = words[1];
    return new FloeError("USAGE.UNKNOWN_COMMAND", `There is no command "${words.slice(0, 2).join(" ")}".`, {
      why: given === undefined ? `${first} is a group of commands.` : undefined,
      next: group.map(({ name }) => `floe ${name}`),
    });
  }
  const { suggest } = await import("@floe/host/suggest");
  const meant = suggest(first, new Set(COMMANDS.flatMap(({ name }) => [name, name.split(" ")[0] ?? name])));
  return new FloeError("USAGE.UNKNOWN_COMMAND", `There is no command "${first}".`, {
    next: [...(meant === undefined ? [] : [`Did you mean: floe ${meant}`]), "floe --help"],
  });
}
