import type { Command, Option } from "./command.ts";

/** Options of every command. */
export const GLOBAL_OPTIONS: Readonly<Record<string, Option>> = {
  json: { type: "boolean", summary: "Answer with one JSON object on stdout." },
  verbose: { type: "boolean", summary: "Show what floe does, on stderr." },
  help: { type: "boolean", short: "h", summary: "Show help." },
};

const project: Readonly<Record<string, Option>> = {
  product: { type: "string", value: "<file>", summary: "The product's floe.yaml. Default: the nearest one." },
  manifest: {
    type: "string",
    value: "<file>",
    summary: "The platform's manifest.yaml. Default: as the product says.",
  },
  env: {
    type: "string",
    value: "<name>",
    summary: "Environment: dev, staging, prod. Default: FLOE_ENV, else dev.",
  },
};

/** All commands, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  {
    name: "init",
    summary: "Make a new project that validates.",
    parameters: "[folder]",
    options: {
      name: { type: "string", value: "<name>", summary: "Name of the product. Default: the folder's." },
    },
    load: () => import("./commands/init.ts"),
  },
  {
    name: "doctor",
    summary: "Check tools, plugins, files and endpoints, and say what mends each fault.",
    options: project,
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "validate",
    summary: "Check floe.yaml, manifest.yaml and every plugin's configuration.",
    options: project,
    load: () => import("./commands/validate.ts"),
  },
  {
    name: "plugins list",
    summary: "List the plugins that are installed.",
    load: () => import("./commands/plugins-list.ts"),
  },
  {
    name: "plugins show",
    summary: "Show one plugin and what can be configured.",
    parameters: "<kind> <name>",
    load: () => import("./commands/plugins-show.ts"),
  },
  {
    name: "schema",
    summary: "Print a file's JSON Schema, with the installed plugins' configuration in it.",
    parameters: "[manifest|floe]",
    choices: ["manifest", "floe"],
    options: {
      write: { type: "boolean", summary: "Write both below .floe/schema, where editors look for them." },
    },
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "completion",
    summary: "Print a completion script for a shell.",
    parameters: "<bash|zsh|fish>",
    choices: ["bash", "zsh", "fish"],
    load: () => import("./commands/completion.ts"),
  },
];
