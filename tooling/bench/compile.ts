import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { writeGeneratedProduct } from "./generated-product.ts";
import { summary } from "./measure.ts";

const root = join(import.meta.dirname, "..", "..");
const SIZES = [10, 100, 1000, 5000];

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
      const product = writeGeneratedProduct(join(dir, String(size)), size);
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
