import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileIO, PluginDefinition } from "@floe/core";
import { createTestContext, type TestContext } from "@floe/testkit/check";

/** What it takes to reach a store. */
export interface StoreAccess {
  /** What stands below `config:` in a manifest. */
  config: unknown;
  /** Real values of the secrets that it names, by environment variable. */
  secrets?: Readonly<Record<string, string>>;
}

/** A store as a test uses it. */
export interface OpenStore extends AsyncDisposable {
  files: FileIO;
  context: TestContext;
  /** A location in the warehouse. */
  at(name: string): string;
}

export function openStore(plugin: PluginDefinition<"storage">, { config, secrets }: StoreAccess): OpenStore {
  const dir = mkdtempSync(join(tmpdir(), "floe-store-"));
  const context = createTestContext({
    kind: "storage",
    name: plugin.name,
    dir,
    ...(secrets ? { secrets } : {}),
  });
  const storage = plugin.create(plugin.configSchema.parse(config), context);
  return {
    files: storage.getFileIO(),
    context,
    at: (name) => `${storage.getWarehouseUri("")}/${name}`,
    async [Symbol.asyncDispose]() {
      await storage.shutdown?.();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** Bytes that differ at each place, so that any that are lost, repeated or swapped show. */
export function pattern(size: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = Math.imul(index, 2_654_435_761);
  return new Uint8Array(words.buffer, 0, size);
}
