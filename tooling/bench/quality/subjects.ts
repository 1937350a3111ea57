import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { packAll } from "../../release/pack.ts";
import type { Answer } from "./answer.ts";

/** A tool that does the checks in a process of its own. */
export interface Subject {
  name: string;
  program: string;
  /** Its script; the folder with `orders.duckdb` and `expectations.json` comes behind it. */
  script: string;
}

export interface Run extends Answer {
  /** From spawn to exit. */
  wallSeconds: number;
}

const TOOLS = [
  { name: "Soda 3.5.6", lock: "soda.txt", script: "soda_scan.py" },
  { name: "Great Expectations 1.24.1", lock: "great-expectations.txt", script: "gx_validation.py" },
];

/** The scripts that run in a project of their own, and what they need there; as JavaScript, which users have. */
const SCRIPTS = ["with-floe.ts", "by-hand.ts", "answer.ts", "expectations.ts"];
const PACKAGES = ["@floe/core", "floe-compute-duckdb", "floe-dq-custom"];

/**
 * floe first, then what it is measured against. floe's packages are installed as users get them; the tools'
 * environments are made once, in the user's cache.
 */
export async function makeSubjects(root: string, dir: string): Promise<Subject[]> {
  const here = import.meta.dirname;
  const runtime = createPythonRuntime({ env: process.env, projectDir: root });
  const tools: Subject[] = [];
  for (const { name, lock, script } of TOOLS) {
    const { python } = await runtime.environment({ requirements: join(here, lock) });
    tools.push({ name, program: python, script: join(here, script) });
  }
  const project = await makeProject(root, dir);
  return [
    { name: "floe", program: process.execPath, script: join(project, "with-floe.js") },
    { name: "SQL by hand", program: process.execPath, script: join(project, "by-hand.js") },
    ...tools,
  ];
}

async function makeProject(root: string, dir: string): Promise<string> {
  const project = join(dir, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const tarballs = (await packAll(root, join(dir, "packed")))
    .filter(({ name }) => PACKAGES.includes(name))
    .map(({ tarball }) => tarball);
  const install = ["install", "--no-audit", "--no-fund", "--silent", ...tarballs];
  execFileSync("npm", install, { cwd: project, stdio: "inherit" });
  for (const script of SCRIPTS) {
    const text = stripTypeScriptTypes(readFileSync(join(import.meta.dirname, script), "utf8"));
    writeFileSync(
      join(project, script.replace(/ts$/, "js")),
      text.replaceAll(/(from "\.\/\S+)\.ts"/g, '$1.js"'),
    );
  }
  return project;
}

/** @throws Error if it fails: a failure that is fast is no result. */
export function runSubject({ name, program, script }: Subject, dir: string): Run {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, [script, dir], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: {
      ...process.env,
      // As the command floe has it, and Python too.
      NODE_COMPILE_CACHE: join(dir, "compiled"),
      SODA_CORE_TELEMETRY_ENABLED: "false",
      GX_ANALYTICS_ENABLED: "false",
    },
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${name} failed with ${status}: ${stderr.slice(-4000)}`);
  const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer;
  return { ...answer, wallSeconds };
}
