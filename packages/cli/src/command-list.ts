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

const selection: Readonly<Record<string, Option>> = {
  select: { type: "string", short: "s", value: "<nodes>", summary: "Only these, in dbt's selection syntax." },
  exclude: { type: "string", value: "<nodes>", summary: "All but these, in dbt's selection syntax." },
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
    name: "compile",
    summary: "Compile the product: judge it by the platform's rules, and write what other machines need.",
    options: {
      ...project,
      "without-extensions": {
        type: "boolean",
        summary: "Leave out what the Python floe's readers refuse in compiled_artifacts.json.",
      },
    },
    load: () => import("./commands/compile.ts"),
  },
  {
    name: "run",
    summary: "Run the product here: ingestion, dbt, quality checks, lineage and traces.",
    options: {
      ...project,
      ...selection,
      "full-refresh": { type: "boolean", summary: "Load and build everything from nothing." },
      "dry-run": { type: "boolean", summary: "Only say what would run, by which plugin." },
      resume: { type: "boolean", summary: "Go on after a failure or a kill, without redoing finished work." },
    },
    load: () => import("./commands/run.ts"),
  },
  {
    name: "test",
    summary: "Run dbt's tests and the quality checks on what is there.",
    options: { ...project, ...selection },
    load: () => import("./commands/test.ts"),
  },
  {
    name: "lint",
    summary: "Lint the product's SQL.",
    options: { ...project, fix: { type: "boolean", summary: "Mend what can be mended, in place." } },
    load: () => import("./commands/lint.ts"),
  },
  {
    name: "runs list",
    summary: "List the runs on this machine.",
    options: project,
    load: () => import("./commands/runs-list.ts"),
  },
  {
    name: "runs show",
    summary: "Show one run: its steps, what went wrong, and where its files are.",
    parameters: "[id]",
    options: project,
    load: () => import("./commands/runs-show.ts"),
  },
  {
    name: "monitor",
    summary: "Check quality, freshness, schemas and availability, each at its interval.",
    options: {
      ...project,
      once: { type: "boolean", summary: "Check what is due, and end: for a cron job." },
    },
    load: () => import("./commands/monitor.ts"),
  },
  {
    name: "maintain",
    summary: "Rewrite the product's Iceberg tables where they are in pieces, and let old snapshots go.",
    options: project,
    load: () => import("./commands/maintain.ts"),
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
