import { execFile } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PythonEnvironment } from "@floe/core";
import { createPythonRuntime } from "../../packages/host/src/python/runtime.ts";
import type { MissingService, Service } from "./service.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const PLUGIN = join(ROOT, "plugins", "floe-orchestrator-dagster", "python");

/**
 * Dagster as the plugin pins it, with dbt's adapter for DuckDB and dlt: what a scheduler's image holds. Made
 * once into floe's cache.
 */
export async function dagsterEnvironment(): Promise<PythonEnvironment | MissingService> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: ROOT });
  try {
    return await runtime.environment({
      requirements: join(PLUGIN, "requirements.txt"),
      additionalRequirements: [join(PLUGIN, "tests", "requirements.txt")],
    });
  } catch (error) {
    if (process.env.CI === "true") throw error;
    return { missing: `Dagster can't be installed: ${(error as Error).message}` };
  } finally {
    await runtime.close();
  }
}

/** Installs the plugin's Python part into a folder as a user does, by pip, from what would be published. */
export async function installLoader({ python }: PythonEnvironment, target: string): Promise<void> {
  const source = `${target}-source`;
  await cp(PLUGIN, source, { recursive: true });
  await cp(join(ROOT, "packages", "orchestration", "python", "floe_product"), join(source, "floe_product"), {
    recursive: true,
  });
  // What it depends on is in the environment already; the build tool as well, so nothing is asked of an index.
  // Building changes sys.argv.
  const program = [
    "from setuptools import build_meta; import os, sys, zipfile; _, source, target = sys.argv; os.chdir(source)",
    "zipfile.ZipFile(build_meta.build_wheel('.')).extractall(target)",
  ].join("\n");
  await run(python, ["-c", program, source, target]);
  await rm(source, { recursive: true, force: true });
}

/** Variables of a process that uses Dagster: nothing of the repository but what was installed for it. */
export function dagsterVariables(loader: string, home: string): Record<string, string> {
  return {
    PATH: "/usr/bin:/bin",
    HOME: home,
    PYTHONPATH: loader,
    DAGSTER_HOME: home,
    DAGSTER_DISABLE_TELEMETRY: "1",
  };
}

/** Dagster's webserver on a code location. */
export function dagsterWebserver(
  { script }: PythonEnvironment,
  file: string,
  env: Readonly<Record<string, string>>,
): Service {
  return {
    name: "dagster-webserver",
    version: "1.13.27",
    readyPath: "/server_info",
    install: async () => {},
    command: async ({ port }) => ({
      program: script("dagster-webserver"),
      parameters: ["-h", "127.0.0.1", "-p", String(port), "-f", file],
      env,
    }),
  };
}
