import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const PACKAGES = join(import.meta.dirname, "../../..");
const BIN = join(PACKAGES, "packages/cli/bin/floe.cjs");

export interface Result {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** stdout as the JSON object that it must be. */
  json(): { ok: boolean; result?: never; error?: never };
}

/** Runs the command as a user does: its own process, not on a terminal. */
export async function floe(words: string[], cwd: string, env: Record<string, string> = {}): Promise<Result> {
  const { FORCE_COLOR: _colour, FLOE_ENV: _environment, ...inherited } = process.env;
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, ...output, json: () => JSON.parse(output.stdout) };
}

/** A folder with files, in which the two real plugins are installed. */
export function project(
  files: Record<string, string> = {},
  plugins = ["floe-storage-local", "floe-compute-duckdb"],
): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "floe-cli-")));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, "node_modules"));
  for (const name of plugins) symlinkSync(join(PACKAGES, "plugins", name), join(dir, "node_modules", name));
  const dependencies = Object.fromEntries(plugins.map((name) => [name, "*"]));
  const all = { "package.json": JSON.stringify({ private: true, dependencies }), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

export const MANIFEST = `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: acme, version: 1.0.0, owner: me}
plugins:
  compute:
    type: duckdb
    config: {threads: 2}
  storage: {type: local}
`;

export const PRODUCT = `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: orders, version: 1.0.0}
`;
