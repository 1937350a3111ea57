import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { summary } from "./measure.ts";

const root = join(import.meta.dirname, "..", "..");
const SIZES = [10, 100, 1000, 5000];
const PLUGINS = ["floe-compute-duckdb", "floe-dbt-local", "floe-dq-custom"];

/** `floe compile` of generated projects, first and unchanged, beside dbt's own parse and compile. */
export async function benchCompile(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-compile-"));
  const python = createPythonRuntime({ env: process.env, projectDir: dir });
  try {
    const dbt = await python.environment({
      requirements: join(root, "plugins", "floe-dbt-local", "python", "requirements.txt"),
      packages: ["dbt-duckdb==1.11.1", "duckdb==1.5.5"],
    });
    console.log(
      "| models | floe compile, first | unchanged | first / unchanged | memory of floe | dbt parse | dbt compile |",
    );
    console.log("|---|---|---|---|---|---|---|");
    for (const size of SIZES) {
      const product = writeProduct(join(dir, String(size)), size);
      const floe = (): { ms: number; megabytes: number } => timeFloe(product);
      const first = floe();
      const unchanged = summary([0, 1, 2].map(() => floe().ms)).median;
      const tool = (command: string): number => {
        rmSync(join(product, "target"), { recursive: true, force: true });
        return time(
          dbt.script("dbt"),
          ["--quiet", command, "--profiles-dir", ".floe/dbt", "--no-partial-parse"],
          product,
        );
      };
      const columns = [
        size,
        seconds(first.ms),
        seconds(unchanged),
        `${(first.ms / unchanged).toFixed(0)} x`,
        `${first.megabytes.toFixed(0)} MB`,
        seconds(tool("parse")),
        seconds(tool("compile")),
      ];
      console.log(`| ${columns.join(" | ")} |`);
    }
  } finally {
    await python.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function writeProduct(dir: string, size: number): string {
  mkdirSync(join(dir, "models"), { recursive: true });
  symlinkSync(join(root, "tooling", "node_modules"), join(dir, "node_modules"));
  const dependencies = Object.fromEntries(PLUGINS.map((name) => [name, "*"]));
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
  writeFileSync(
    join(dir, "floe.yaml"),
    "apiVersion: floe.dev/v1\nkind: FloeSpec\nmetadata: {name: large, version: 1.0.0}\n",
  );
  writeFileSync(join(dir, "dbt_project.yml"), "name: large\nversion: '1.0'\nprofile: large\n");
  const described: string[] = ["models:"];
  for (let index = 0; index < size; index += 1) {
    const from = index < 10 ? "select 1 as id" : `select id from {{ ref('model_${index - 10}') }}`;
    writeFileSync(join(dir, "models", `model_${index}.sql`), `${from}\n`);
    described.push(
      `  - name: model_${index}`,
      "    description: One of many.",
      "    columns: [{name: id, description: The key., data_tests: [not_null]}]",
    );
  }
  writeFileSync(join(dir, "models", "schema.yml"), `${described.join("\n")}\n`);
  return dir;
}

function timeFloe(cwd: string): { ms: number; megabytes: number } {
  const floe = join(root, "packages", "cli", "bin", "floe.cjs");
  const started = performance.now();
  const { status, stderr } = spawnSync(
    "/usr/bin/env",
    ["python3", "-c", PEAK, process.execPath, floe, "compile"],
    {
      cwd,
      encoding: "utf8",
    },
  );
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(stderr);
  return { ms, megabytes: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024 };
}

/** Runs a command and says how much memory it took, its own workers not among it. */
const PEAK =
  "import os,sys\npid=os.spawnvp(os.P_NOWAIT,sys.argv[1],sys.argv[1:])\n_,status,usage=os.wait4(pid,0)\nprint('peak',usage.ru_maxrss,file=sys.stderr)\nsys.exit(os.waitstatus_to_exitcode(status))";

function time(program: string, parameters: readonly string[], cwd: string): number {
  const started = performance.now();
  const { status, stdout } = spawnSync(program, parameters, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", PYTHONDONTWRITEBYTECODE: "" },
  });
  if (status !== 0) throw new Error(`${program} ${parameters.join(" ")}: ${stdout}`);
  return performance.now() - started;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
