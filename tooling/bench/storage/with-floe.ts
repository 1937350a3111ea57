/** floe's plugin: any store's. */
import { createWriteStream } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { PluginDefinition } from "@floe/core";
import { openStore, type StoreAccess } from "../../test/storage/store-access.ts";
import { answer, type Task } from "./task.ts";

const { phase, from, to, folder, names, reach } = (await json(process.stdin)) as Task;
const { plugin, access } = reach as { plugin: string; access: StoreAccess };
const { default: definition } = (await import(plugin)) as { default: PluginDefinition<"storage"> };
const MIB = 1024 * 1024;
await using store = openStore(definition, access);
const { files } = store;
const at = (name: string): string => store.at(`${folder}/${name}`);
// Loads the SDK, as the others have loaded theirs.
await files.newInput(at("nothing")).exists();

/** A file by one piece of memory, which the plugins allow for. */
async function* readFrom(path: string): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  const memory = Buffer.allocUnsafe(MIB);
  for (;;) {
    const { bytesRead } = await file.read(memory);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
  }
}

await answer(phase, {
  "large up": () => files.newOutput(at("large")).write(readFrom(join(from, "large")), { overwrite: true }),
  "large down": () =>
    pipeline(
      files.newInput(at("large")).stream(),
      createWriteStream(join(to, "large"), { highWaterMark: 4 * MIB }),
    ),
  "small up": () =>
    Promise.all(
      names.map(async (name) =>
        files.newOutput(at(name)).write(await readFile(join(from, "small", name)), { overwrite: true }),
      ),
    ),
  "small down": () =>
    Promise.all(names.map(async (name) => writeFile(join(to, name), await files.newInput(at(name)).read()))),
});
