/** Azure's SDK as its documentation shows it. */
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { BlobServiceClient, type BlockBlobClient } from "@azure/storage-blob";
import { answer, type Task } from "./task.ts";

const { phase, from, to, folder, names, reach } = (await json(process.stdin)) as Task;
const { bucket, connectionString } = reach as { bucket: string; connectionString: string };
const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(bucket);
const blob = (name: string): BlockBlobClient => container.getBlockBlobClient(`${folder}/${name}`);
await container.exists();
await answer(phase, {
  "large up": () => blob("large").uploadStream(createReadStream(join(from, "large"))),
  "large down": () => blob("large").downloadToFile(join(to, "large")),
  "small up": () =>
    Promise.all(names.map(async (name) => blob(name).uploadData(await readFile(join(from, "small", name))))),
  "small down": () =>
    Promise.all(names.map(async (name) => writeFile(join(to, name), await blob(name).downloadToBuffer()))),
});
