import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PythonEnvironment } from "@floe/core";
import { cacheRoot } from "../../packages/host/src/process/cache-root.ts";
import { createPythonRuntime } from "../../packages/host/src/python/runtime.ts";
import { findUv } from "../../packages/host/src/python/uv.ts";
import { installOnce, type MissingService, type Service } from "./service.ts";

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

/**
 * A machine where a product runs and nothing else was ever installed: what the plugin's Python part and the product's
 * own `requirements.txt` ask for, and what that brings, in the versions that the plugin was tried with.
 *
 * @param loader Where `installLoader` has put the plugin's part. @param requirements The product's file.
 */
export async function productMachine(
  { python }: PythonEnvironment,
  loader: string,
  requirements: string,
): Promise<string> {
  const [metadata = ""] = globSync("*.dist-info/METADATA", { cwd: loader });
  const asked = [...readFileSync(join(loader, metadata), "utf8").matchAll(/^Requires-Dist: (.+)$/gm)].map(
    ([, one = ""]) => one,
  );
  const pins = readFileSync(join(PLUGIN, "requirements.txt"), "utf8").match(/^[\w.-]+==[^\\\n]+/gm) ?? [];
  const own = readFileSync(requirements, "utf8");
  const version = createHash("sha256")
    .update(JSON.stringify([python, asked, pins, own]))
    .digest("hex")
    .slice(0, 12);
  const dir = await installOnce({
    name: "dagster-product",
    version,
    async install(target) {
      const interpreter = { program: python, version: "", platform: "" };
      const uv = await findUv(interpreter, cacheRoot(process.env), process.env);
      const constraints = join(target, "constraints.txt");
      await writeFile(constraints, pins.join("\n"));
      // An experiment that dbt asks for and works without; it would be fetched from outside of the index.
      const overrides = join(target, "overrides.txt");
      await writeFile(overrides, "dbt-core-experimental-parser; sys_platform == 'none'\n");
      const env = { ...process.env, UV_PYTHON_DOWNLOADS: "never", UV_NO_PROGRESS: "1" };
      await run(uv, ["venv", "--quiet", "--relocatable", "--allow-existing", "--python", python, target], {
        env,
      });
      const into = ["pip", "install", "--quiet", "--compile-bytecode", "--python", target];
      await run(uv, [...into, "-c", constraints, "--override", overrides, "-r", requirements, ...asked], {
        env,
      });
    },
  });
  return join(dir, "bin", "python");
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
