import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { CompiledArtifacts } from "@floe/core";
import airflow from "floe-orchestrator-airflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackedPackage, packAll } from "../../release/pack.ts";
import { type MissingService, type RunningService, requireService } from "../../services/service.ts";
import { verdaccio } from "../../services/verdaccio.ts";
import { pnpmCommand } from "../../workspace/pnpm.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..", "..");
const base = mkdtempSync(join(tmpdir(), "floe-install-"));
let registry: RunningService | MissingService = { missing: "not started" };

/** As much of a compiled product as its DAG file is made from. */
const SHOP = {
  metadata: { product_name: "shop" },
  dbt_profiles: {},
  floe: {},
} as unknown as CompiledArtifacts;
const GENERATE = `import plugin from "floe-orchestrator-airflow";
const orchestrator = plugin.create(plugin.configSchema.parse({}), {});
console.log(JSON.stringify(orchestrator.generateLoader(${JSON.stringify(SHOP)})));`;

/** As on a user's machine: this registry, a cache of its own, and the Node that floe needs. */
const environment = (url: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|PNPM_|NODE_OPTIONS|CI$)/i.test(name)),
  ),
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  NPM_CONFIG_USERCONFIG: join(base, "npmrc"),
  NPM_CONFIG_CACHE: join(base, "npm-cache"),
  npm_config_registry: url,
});

const INSTALLED = ["@floe/cli", "floe-storage-local", "floe-compute-duckdb", "floe-orchestrator-airflow"];

/** Those that are installed below, and what of ours they depend on, in the order in which they came. */
function needed(packed: readonly PackedPackage[]): PackedPackage[] {
  const names = new Set(INSTALLED);
  for (const { name, manifest } of packed.toReversed()) {
    if (!names.has(name)) continue;
    for (const other of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
      names.add(other);
  }
  return packed.filter(({ name }) => names.has(name));
}

beforeAll(async () => {
  registry = await requireService(verdaccio);
  if ("missing" in registry) return;
  const { url } = registry;
  const { host } = new URL(url);
  // npm wants to see a login before it publishes; this registry asks for none.
  writeFileSync(
    join(base, "npmrc"),
    `registry=${url}/\n//${host}/:_authToken=anonymous\nfund=false\naudit=false\n`,
  );
  for (const { tarball } of needed(await packAll(root, join(base, "packed")))) {
    await run("npm", ["publish", tarball, "--provenance=false"], { cwd: base, env: environment(url) });
  }
}, 240_000);

afterAll(async () => {
  if (!("missing" in registry)) await registry[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

describe.each(["npm", "pnpm"])("installed with %s", (manager) => {
  it("floe finds exactly the plugins that were installed", { timeout: 180_000 }, async ({ skip }) => {
    if ("missing" in registry) return skip(registry.missing);
    const env = environment(registry.url);
    const cwd = join(base, manager);
    mkdirSync(cwd);
    writeFileSync(join(cwd, "package.json"), JSON.stringify({ name: "mine", private: true }));
    const add = async (...packages: string[]): Promise<void> => {
      if (manager === "npm") await run("npm", ["install", ...packages], { cwd, env });
      else {
        const [pnpm, ...parameters] = pnpmCommand();
        const store = `--store-dir=${join(base, "pnpm-store")}`;
        // Packages that were published a moment ago are what this is about.
        const young = "--config.minimumReleaseAge=0";
        await run(pnpm, [...parameters, "add", store, young, ...packages], { cwd, env });
      }
    };
    const listed = async (): Promise<string[]> => {
      const floe = join(cwd, "node_modules", ".bin", "floe");
      const { stdout } = await run(floe, ["plugins", "list", "--json"], { cwd, env });
      const { result } = JSON.parse(stdout) as {
        result: { plugins: { kind: string; name: string }[]; skipped: unknown[] };
      };
      expect(result.skipped).toEqual([]);
      return result.plugins.map(({ kind, name }) => `${kind} ${name}`).sort();
    };

    await add("@floe/cli", "floe-storage-local");
    expect(await listed()).toEqual(["storage local"]);
    await add("floe-compute-duckdb");
    expect(await listed()).toEqual(["compute duckdb", "storage local"]);

    const floe = join(cwd, "node_modules", ".bin", "floe");
    await run(floe, ["init", "product"], { cwd, env });
    rmSync(join(cwd, "product", "package.json"));
    const { stdout } = await run(floe, ["validate"], { cwd: join(cwd, "product"), env });
    expect(stdout).toBe("product is valid.\n");

    // What is tried in a real Airflow is what the published package writes, all of it.
    await add("floe-orchestrator-airflow");
    const generated = await run(process.execPath, ["--input-type=module", "--eval", GENERATE], { cwd, env });
    const files = JSON.parse(generated.stdout) as Record<string, string>;
    expect(files).toEqual(airflow.create(airflow.configSchema.parse({}), {} as never).generateLoader(SHOP));
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["airflow_dag.py", "deploy/python/floe_product/__main__.py"]),
    );
  });
});
