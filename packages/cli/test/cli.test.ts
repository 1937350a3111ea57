import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { floe, MANIFEST, PRODUCT, project } from "./run-floe.ts";

describe("floe validate", () => {
  it("says that a valid project is valid", async () => {
    const dir = project({ "floe.yaml": PRODUCT, "manifest.yaml": MANIFEST });
    expect(await floe(["validate"], dir)).toMatchObject({
      exitCode: 0,
      stdout: "orders is valid.\n",
      stderr: "",
    });
    mkdirSync(join(dir, "models/silver"), { recursive: true });
    const below = (await floe(["validate", "--json"], join(dir, "models/silver"))).json();
    expect(below).toEqual({
      ok: true,
      result: { valid: true, product: "orders", manifest: "acme", faults: [] },
    });
  });

  it("shows each fault with its line, a caret and what to do, and exits with 4", async () => {
    const dir = project({
      "floe.yaml": `${PRODUCT}schedul: {cron: "0 6 * * *"}\n`,
      "manifest.yaml": MANIFEST.replace("threads: 2", "threads: lots").replace("local", "locl"),
    });
    const { exitCode, stdout } = await floe(["validate"], dir);
    expect(exitCode).toBe(4);
    expect(stdout).toBe(`error CONFIG.UNKNOWN_KEY: There is no key "schedul" here.
  floe.yaml:4:1
  4 | schedul: {cron: "0 6 * * *"}
    | ^^^^^^^
  The keys are apiVersion, kind, metadata, platform, transforms, schedule, ingestion, destinations, outputPorts.
  -> Did you mean "schedule"?

error PLUGIN.INVALID_CONFIG: plugins.compute.config.threads must be a number, but is "lots".
  manifest.yaml:7:23
  7 |     config: {threads: lots}
    |                       ^^^^

error PLUGIN.NOT_INSTALLED: No installed package provides the storage plugin "locl".
  manifest.yaml:8:19
  8 |   storage: {type: locl}
    |                   ^^^^
  Installed: local.
  -> Did you mean "local"?
  -> npm install floe-storage-locl

3 errors.
`);
  });

  it("has the same in --json", async () => {
    const dir = project({ "floe.yaml": PRODUCT, "manifest.yaml": MANIFEST.replace("threads", "thread") });
    const { exitCode, ...result } = await floe(["validate", "--json"], dir);
    expect(exitCode).toBe(4);
    expect(result.json()).toMatchObject({
      ok: false,
      result: {
        valid: false,
        faults: [
          {
            code: "PLUGIN.INVALID_CONFIG",
            where: { file: "manifest.yaml", line: 7, column: 14 },
            next: ['Did you mean "threads"?'],
          },
        ],
      },
    });
  });

  it("says where there is no project, and exits with 2", async () => {
    const dir = project();
    expect(await floe(["validate"], dir)).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(/PROJECT\.NOT_FOUND[\s\S]*-> floe init/),
    });
    expect((await floe(["validate", "--json"], dir)).json()).toMatchObject({
      ok: false,
      error: { code: "PROJECT.NOT_FOUND" },
    });
  });

  it("refuses Plug'n'Play in words", async () => {
    const dir = project({ "sub/.pnp.cjs": "", "sub/floe.yaml": PRODUCT, "sub/manifest.yaml": MANIFEST });
    expect(await floe(["validate"], join(dir, "sub"))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("nodeLinker node-modules"),
    });
  });
});

describe("floe plugins", () => {
  it("lists what is installed, importing nothing", async () => {
    const dir = project({
      "node_modules/floe-storage-bad/package.json": JSON.stringify({
        name: "floe-storage-bad",
        version: "1.0.0",
        exports: "./index.js",
        floe: { apiVersion: "1.0", entryPoints: { "floe.storage": { bad: "." } } },
      }),
      "node_modules/floe-storage-bad/index.js": "process.exit(99)",
      "package.json": JSON.stringify({
        dependencies: { "floe-storage-local": "*", "floe-storage-bad": "*" },
      }),
    });
    const { exitCode, stdout } = await floe(["plugins", "list"], dir);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").map((line) => line.split(/\s+/).slice(0, 3).join(" "))).toEqual([
      "KIND NAME PACKAGE",
      "storage local floe-storage-local",
      "storage bad floe-storage-bad",
      "",
    ]);
    const { result } = (await floe(["plugins", "list", "--json"], dir)).json() as unknown as {
      result: { plugins: object[] };
    };
    expect(result.plugins[0]).toMatchObject({
      kind: "storage",
      name: "local",
      package: "floe-storage-local",
      apiVersion: "1.0",
    });
  });

  it("says what to install where there is nothing", async () => {
    expect(await floe(["plugins", "list"], project({}, []))).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("npm install floe-compute-duckdb"),
    });
  });

  it("shows a plugin's options from its own schema", async () => {
    const { stdout, exitCode } = await floe(["plugins", "show", "storage", "local"], project());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/path\s+string\s+"\.floe\/warehouse"\s+Folder of the warehouse/);
    expect(await floe(["plugins", "show", "storge", "local"], project())).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Did you mean "storage"?'),
    });
  });
});

describe("floe init", () => {
  it("writes a project that validates, and asks nothing", async () => {
    const dir = project();
    const { exitCode, stdout, stderr } = await floe(["init", "shop"], dir);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("npx floe validate");
    const shop = join(dir, "shop");
    expect(readdirSync(shop).sort()).toEqual([
      ".floe",
      ".gitignore",
      "dbt_project.yml",
      "floe.yaml",
      "manifest.yaml",
      "models",
      "package.json",
    ]);
    writeFileSync(join(shop, "package.json"), readFileSync(join(dir, "package.json")));
    expect(await floe(["validate"], shop)).toMatchObject({ exitCode: 0, stdout: "shop is valid.\n" });
    const [first = ""] = readFileSync(join(shop, "manifest.yaml"), "utf8").split("\n");
    expect(existsSync(join(shop, /\$schema=(.+)$/.exec(first)?.[1] ?? ""))).toBe(true);
  });

  it("overwrites nothing, and writes nothing then", async () => {
    const dir = project({ "floe.yaml": "mine" });
    const before = readdirSync(dir);
    const { exitCode, stderr } = await floe(["init"], dir);
    expect([exitCode, readFileSync(join(dir, "floe.yaml"), "utf8"), readdirSync(dir)]).toEqual([
      2,
      "mine",
      before,
    ]);
    expect(stderr).toContain("PROJECT.EXISTS");
  });

  it("refuses a name that can't be a product's", async () => {
    expect(await floe(["init", "--name", "My Shop"], project())).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("USAGE.INVALID_ARGUMENT"),
    });
  });
});

describe("floe schema", () => {
  it("prints JSON Schema with the installed plugins' own configuration in it", async () => {
    const dir = project();
    const { stdout } = await floe(["schema"], dir);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(stdout));
    expect(validate(parse(MANIFEST)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(parse(MANIFEST.replace("threads: 2", "threds: 2")))).toBe(false);
    expect(validate(parse(MANIFEST.replace("threads: 2", "threads: 0")))).toBe(false);
    const floeSchema = JSON.parse((await floe(["schema", "floe"], dir)).stdout);
    expect(new Ajv2020({ strict: false, validateFormats: false }).compile(floeSchema)(parse(PRODUCT))).toBe(
      true,
    );
  });
});

describe("floe doctor", () => {
  it("says what is well", async () => {
    const dir = project({ "floe.yaml": PRODUCT, "manifest.yaml": MANIFEST });
    const result = (await floe(["doctor", "--json"], dir)).json() as unknown as {
      ok: boolean;
      result: { checks: { name: string; status: string }[] };
    };
    expect(result.ok).toBe(true);
    expect(result.result.checks.map(({ name, status }) => `${name}: ${status}`)).toEqual(
      expect.arrayContaining([
        "node: ok",
        "python: ok",
        "cache: ok",
        "project: ok",
        "plugin compute duckdb: ok",
        "endpoint of compute duckdb: ok",
        "endpoint of storage local: ok",
      ]),
    );
  });

  it("gives for each fault what mends it, and exits with 4", async () => {
    const dir = project({
      "floe.yaml": PRODUCT,
      "manifest.yaml": MANIFEST.replace("threads: 2", "path: /proc/nowhere/x.duckdb"),
      "package.json": JSON.stringify({
        dependencies: { "floe-storage-local": "*", "floe-compute-duckdb": "*", "floe-catalog-rest": "*" },
      }),
    });
    const { exitCode, stdout } = await floe(["doctor"], dir, {
      FLOE_PYTHON: "/nowhere/python",
      FLOE_CACHE_DIR: join(dir, "package.json", "cache"),
    });
    expect(exitCode).toBe(4);
    for (const line of [
      /failed\s+python: .*\n\s+-> Install Python/,
      /failed\s+cache: .*\n\s+-> .*FLOE_CACHE_DIR/,
      /failed\s+package floe-catalog-rest: .*\n\s+-> npm install/,
      /failed\s+endpoint of compute duckdb: .*\n\s+-> Correct plugins\.compute\.config\.path/,
    ]) {
      expect(stdout).toMatch(line);
    }
  });
});

describe("an interrupt", () => {
  it("ends a command at once, with 130, whatever a plugin does", async () => {
    const dir = project({
      "manifest.yaml": MANIFEST.replace("{type: local}", "{type: hang}"),
      "package.json": JSON.stringify({
        dependencies: { "floe-storage-hang": "*", "floe-compute-duckdb": "*" },
      }),
      "node_modules/floe-storage-hang/package.json": JSON.stringify({
        name: "floe-storage-hang",
        version: "1.0.0",
        type: "module",
        exports: "./index.js",
        floe: { apiVersion: "1.0", entryPoints: { "floe.storage": { hang: "." } } },
      }),
      "node_modules/floe-storage-hang/index.js": `
        import { writeFileSync } from "node:fs";
        const configSchema = { safeParse: (value) => ({ success: true, data: value ?? {} }) };
        const healthCheck = () => { writeFileSync("asked", ""); return new Promise(() => setInterval(() => {}, 1000)); };
        const pure = { getDbtProfileConfig: () => ({}), getPyicebergProperties: () => ({}), getWarehouseUri: () => "file:///wh" };
        const create = () => ({ healthCheck, ...pure });
        export default { kind: "storage", name: "hang", configSchema, create, [Symbol.for("floe.plugin")]: true };`,
    });
    const child = spawn(process.execPath, [join(import.meta.dirname, "../bin/floe.cjs"), "doctor"], {
      cwd: dir,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
    for (let tries = 0; !existsSync(join(dir, "asked")) && tries < 500; tries += 1) await sleep(20);
    child.kill("SIGINT");
    const [exitCode] = await once(child, "close");
    expect(exitCode).toBe(130);
    expect(output.join("")).toContain("RUN.INTERRUPTED");
  });
});

describe("the command line", () => {
  const dir = import.meta.dirname;

  it.each<[string[], number, RegExp]>([
    [["valdate"], 2, /USAGE\.UNKNOWN_COMMAND[\s\S]*Did you mean: floe validate/],
    [["plugins"], 2, /floe plugins list[\s\S]*floe plugins show/],
    [["validate", "--jsno"], 2, /USAGE\.UNKNOWN_OPTION[\s\S]*--json/],
    [["validate", "--env"], 2, /USAGE\.INVALID_ARGUMENT[\s\S]*needs a value/],
    [["plugins", "show", "storage"], 2, /needs <name>/],
    [["validate", "more"], 2, /doesn't take "more"/],
    [["completion", "tcsh"], 2, /It takes bash, zsh, fish/],
  ])("refuses %j in words", async (words, exitCode, stderr) => {
    expect(await floe(words, dir)).toMatchObject({
      exitCode,
      stdout: "",
      stderr: expect.stringMatching(stderr),
    });
  });

  it("shows help and its version on stdout", async () => {
    expect(await floe(["--help"], dir)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("Exit codes:"),
      stderr: "",
    });
    expect(await floe(["plugins", "show", "--help"], dir)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("floe plugins show <kind> <name>"),
    });
    expect(await floe(["--version"], dir)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it("colours only where it is wanted", async () => {
    const plain = await floe(["--help"], dir);
    expect(plain.stdout).not.toContain("\u001b[");
    expect((await floe(["--help"], dir, { FORCE_COLOR: "1" })).stdout).toContain("\u001b[");
    expect((await floe(["--help"], dir, { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).toBe(plain.stdout);
  });

  it("prints completion that the shell takes", async () => {
    const { stdout } = await floe(["completion", "bash"], dir);
    const ask = `${stdout}\nCOMP_WORDS=(floe plugins ""); COMP_CWORD=2; _floe; echo "\${COMPREPLY[@]}"`;
    expect(spawnSync("bash", ["-c", ask], { encoding: "utf8" })).toMatchObject({
      stdout: "list show\n",
      stderr: "",
    });
    for (const shell of ["zsh", "fish"]) {
      expect((await floe(["completion", shell], dir)).stdout).toContain("validate");
    }
  });

  it("isn't disturbed by a reader that has seen enough", () => {
    const bin = join(dir, "../bin/floe.cjs");
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${bin}" schema | head -c 10 >/dev/null`],
      { encoding: "utf8" },
    );
    expect([stderr, status]).toEqual(["", 0]);
  });

  it("says in one line which Node it needs where the Node is too old", () => {
    const source = readFileSync(join(dir, "../bin/floe.cjs"), "utf8").replace(/^#!.*/, "");
    // The old Node is played by an object: an old parser is why the file keeps to old syntax.
    const written: string[] = [];
    const old = {
      versions: { node: "20.19.0" },
      stderr: { write: (text: string) => written.push(text) },
      exit: (code: number) => {
        throw new Error(`exit ${code}`);
      },
    };
    expect(() => new Function("process", "require", source)(old, () => {})).toThrow("exit 2");
    expect(written).toEqual(["floe needs Node 22.18 or newer; this is Node 20.19.0 (https://nodejs.org).\n"]);
  });
});
