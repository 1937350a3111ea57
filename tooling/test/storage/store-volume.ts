import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { PluginDefinition } from "@floe/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MissingService } from "../../services/service.ts";
import { bytes, openStore, type StoreAccess, text } from "./store-access.ts";

/** A store that is there. */
export interface ReachableStore extends AsyncDisposable {
  access: StoreAccess;
}

interface Volume {
  /** Size of the large file, where the server can't take more in reasonable time. */
  largeMib?: number;
}

/** More than the memory that is allowed for. FLOE_VOLUME_MIB=5120 and FLOE_VOLUME_FILES=10000 are what is promised. */
const LARGE_MIB = 512;
const { FLOE_VOLUME_MIB, FLOE_VOLUME_FILES = "3000" } = process.env;
const MANY = Number(FLOE_VOLUME_FILES);
const LIMIT_MS = FLOE_VOLUME_MIB === undefined ? 240_000 : 3_600_000;
/** Beyond what Node itself takes, with the plugin and its SDK. */
const MEMORY_MIB = 200;

/**
 * Much data through every store: one large file, and many small ones.
 *
 * @param pluginUrl `import.meta.resolve` of the plugin's package.
 */
export function testStoreVolume(
  plugin: PluginDefinition<"storage">,
  pluginUrl: string,
  start: () => Promise<ReachableStore | MissingService>,
  startLimitMs: number,
  { largeMib: usual = LARGE_MIB }: Volume = {},
): void {
  const largeMib = Number(FLOE_VOLUME_MIB ?? usual);
  describe(`${plugin.name} and much data`, () => {
    let store: ReachableStore | MissingService = { missing: "not started" };
    beforeAll(async () => {
      store = await start();
    }, startLimitMs);
    afterAll(async () => {
      if (!("missing" in store)) await store[Symbol.asyncDispose]();
    });

    it(`${largeMib} MiB are streamed up and down in less than ${MEMORY_MIB} MiB of memory`, {
      timeout: LIMIT_MS,
    }, async ({ skip }) => {
      if ("missing" in store) return skip(store.missing);
      const { intact, memoryMib, ...times } = await streamInChild(pluginUrl, store.access, largeMib);
      if (FLOE_VOLUME_MIB !== undefined) console.log(plugin.name, largeMib, { memoryMib, ...times });
      expect(intact).toBe(true);
      expect(memoryMib).toBeLessThan(MEMORY_MIB);
    });

    it(`${MANY} small files are written and read, all at once`, {
      timeout: LIMIT_MS,
    }, async ({ skip }) => {
      if ("missing" in store) return skip(store.missing);
      await using open = openStore(plugin, store.access);
      const { files, at } = open;
      const locations = Array.from({ length: MANY }, (_, index) => at(`many/${index % 100}/${index}`));
      await Promise.all(locations.map((location) => files.newOutput(location).write(bytes(location))));
      // A look at a tenth of them: reading is tried enough elsewhere.
      const some = locations.filter((_, index) => index % 10 === 3);
      const contents = await Promise.all(some.map((location) => files.newInput(location).read()));
      expect(contents.findIndex((content, index) => text(content) !== some[index])).toBe(-1);
    });
  });
}

/** What a process of its own measured that sent and fetched a file. */
export interface Streamed {
  intact: boolean;
  /** Highest resident memory, less what it was before the first byte. */
  memoryMib: number;
  upMs: number;
  downMs: number;
}

/** Streams a file up and down in a process of its own, whose memory is nobody else's. */
export async function streamInChild(
  pluginUrl: string,
  access: StoreAccess,
  sizeMib: number,
): Promise<Streamed> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "stream-child.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    output += part;
  });
  child.stdin.end(JSON.stringify({ plugin: pluginUrl, access, sizeMib }));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the process that streams ended with ${code}`);
  return JSON.parse(output) as Streamed;
}
