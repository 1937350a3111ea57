import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Service } from "./service.ts";

const run = promisify(execFile);
const VERSION = "6.10.4";

/**
 * An npm registry on loopback. Packages of ours are published to it; everything else it fetches from the
 * registry that npm is set up with here.
 */
export const verdaccio: Service = {
  name: "verdaccio",
  version: VERSION,
  readyPath: "/-/ping",
  async install(dir) {
    // The override replaces a release that the registries no longer have.
    const manifest = {
      private: true,
      dependencies: { verdaccio: VERSION },
      overrides: { "node-fetch": "2.7.0" },
    };
    await writeFile(join(dir, "package.json"), JSON.stringify(manifest));
    await run("npm", ["install", "--no-audit", "--no-fund", "--omit=dev"], { cwd: dir });
  },
  async command({ dir, data, port }) {
    const { stdout } = await run("npm", ["config", "get", "registry"], { cwd: dir });
    const anyone = { access: "$all", publish: "$all", unpublish: "$all" };
    const config = {
      storage: join(data, "storage"),
      uplinks: { upstream: { url: stdout.trim(), cache: false, maxage: "10m", timeout: "60s" } },
      // What is published here is never looked for upstream, where it may exist under another's name.
      packages: { "@floe/*": anyone, "floe-*": anyone, "**": { ...anyone, proxy: "upstream" } },
      log: { type: "stdout", format: "pretty", level: "warn" },
      max_body_size: "100mb",
    };
    const file = join(data, "config.yaml");
    // JSON is YAML.
    await writeFile(file, JSON.stringify(config));
    const bin = join(dir, "node_modules", "verdaccio", "bin", "verdaccio");
    return {
      program: process.execPath,
      parameters: [bin, "--config", file, "--listen", `127.0.0.1:${port}`],
    };
  },
};
