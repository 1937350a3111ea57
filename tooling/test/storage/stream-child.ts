/** Sends a file of the size that is asked for on stdin, fetches it, and writes to stdout what that took. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import type { PluginDefinition } from "@floe/core";
import { openStore, type StoreAccess } from "./store-access.ts";

const MIB = 1024 * 1024;
/** As files and sockets give them. */
const CHUNK = 64 * 1024;

const { plugin, access, sizeMib } = (await json(process.stdin)) as {
  plugin: string;
  access: StoreAccess;
  sizeMib: number;
};
const { default: definition } = (await import(plugin)) as { default: PluginDefinition<"storage"> };
await using store = openStore(definition, access);
const location = store.at("large/streamed");
// Loads the SDK and connects.
await store.files.newInput(location).exists();

const memory = (): number => process.memoryUsage.rss() / MIB;
const before = memory();
const sent = createHash("sha1");
const fetched = createHash("sha1");

const started = performance.now();
await store.files.newOutput(location).write(
  (async function* () {
    for (let index = 0; index < (sizeMib * MIB) / CHUNK; index += 1) {
      const chunk = Buffer.alloc(CHUNK, `${index},`);
      sent.update(chunk);
      yield chunk;
    }
  })(),
);
const up = performance.now();
let length = 0;
for await (const chunk of store.files.newInput(location).stream()) {
  fetched.update(chunk);
  length += chunk.length;
}
const down = performance.now();
await store.files.delete(location);

const intact = length === sizeMib * MIB && sent.digest("hex") === fetched.digest("hex");
const memoryMib = peak() - before;
console.log(JSON.stringify({ intact, memoryMib, upMs: up - started, downMs: down - up }));

/** Linux counts into a child's maxRSS what its parent had when it was forked; what `/proc` says is its own. */
function peak(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}
