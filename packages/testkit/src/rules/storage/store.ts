import { randomUUID } from "node:crypto";
import type { FileIO, StoragePlugin } from "@floe/core";
import type { Instance, Subject } from "../../session/subject.ts";

/** A folder of the rule's own in the warehouse; what is put there goes when the rule is done. */
export interface Store {
  plugin: StoragePlugin;
  files: FileIO;
  /** The warehouse itself. */
  warehouse: string;
  /** A location in the folder, to be removed later. */
  at(name: string): string;
}

export async function openStore(subject: Subject<"storage">): Promise<Store> {
  return storeOf(subject, await subject.start(), randomUUID());
}

/** Two instances that look at the same folder, as two processes do. */
export async function openStores(subject: Subject<"storage">): Promise<[Store, Store]> {
  const folder = randomUUID();
  const [first, second] = [await subject.start(), await subject.start()];
  return [storeOf(subject, first, folder), storeOf(subject, second, folder)];
}

function storeOf(subject: Subject<"storage">, { plugin }: Instance<"storage">, folder: string): Store {
  const files = plugin.getFileIO();
  const warehouse = plugin.getWarehouseUri("");
  return {
    plugin,
    files,
    warehouse,
    at(name) {
      const location = `${warehouse}/floe-testkit-${folder}/${name}`;
      subject.later(() => files.delete(location));
      return location;
    },
  };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** All chunks of a stream as one. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A stream of the given chunks, each coming in a later turn of the event loop. */
export async function* streamOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    await new Promise((resolve) => setImmediate(resolve));
    yield typeof chunk === "string" ? bytes(chunk) : chunk;
  }
}
