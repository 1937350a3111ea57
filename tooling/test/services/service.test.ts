import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { type RunningService, requireService, type Service } from "../../services/service.ts";

const cache = mkdtempSync(join(tmpdir(), "floe-cache-"));
vi.stubEnv("FLOE_TEST_CACHE", cache);
afterEach(() => vi.stubEnv("CI", undefined));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const SERVER = `import { createServer } from "node:http";
createServer((_, response) => response.end(String(process.pid))).listen(Number(process.argv[2]), "127.0.0.1");`;

let installs = 0;
const echo: Service = {
  name: "echo",
  version: "1.0.0",
  readyPath: "/",
  install: async (dir) => {
    installs += 1;
    writeFileSync(join(dir, "server.mjs"), SERVER);
  },
  command: async ({ dir, port }) => ({
    program: process.execPath,
    parameters: [join(dir, "server.mjs"), String(port)],
  }),
};

const unavailable: Service = {
  ...echo,
  name: "unavailable",
  install: async (dir) => {
    writeFileSync(join(dir, "half"), "");
    throw new Error("no network");
  },
};

async function started(service: Service): Promise<RunningService> {
  const running = await requireService(service);
  if ("missing" in running) throw new Error(running.missing);
  return running;
}

test("two at once install it once, run apart, and each stops its own process", async () => {
  const [first, second] = await Promise.all([started(echo), started(echo)]);
  expect(installs).toBe(1);
  const ids = await Promise.all(
    [first, second].map(async ({ url }) => Number(await (await fetch(url)).text())),
  );
  expect(new Set(ids).size).toBe(2);
  await first[Symbol.asyncDispose]();
  await expect(fetch(first.url)).rejects.toThrow();
  expect((await fetch(second.url)).ok).toBe(true);
  await second[Symbol.asyncDispose]();
  for (const id of ids) expect(() => process.kill(id, 0)).toThrow("ESRCH");
});

test("what can't be installed is missing with the reason, and leaves nothing that looks installed", async () => {
  expect(await requireService(unavailable)).toEqual({
    missing: "unavailable 1.0.0 can't be installed: no network",
  });
  expect(readdirSync(cache)).not.toContain("unavailable-1.0.0");
});

test("what can't be installed fails in CI", async () => {
  vi.stubEnv("CI", "true");
  await expect(requireService(unavailable)).rejects.toThrow("no network");
});

test("one that ends at once is an error that shows what it said", async () => {
  const broken: Service = {
    ...echo,
    command: async () => ({
      program: process.execPath,
      parameters: ["-e", "console.error('bad option'); process.exit(3)"],
    }),
  };
  await expect(requireService(broken)).rejects.toThrow(/echo didn't start: it exited with 3\s+bad option/);
});
