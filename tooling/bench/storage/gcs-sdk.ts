/** Google's SDK as its documentation shows it, sixteen small files at a time as its transfer manager has it. */
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { Storage, type StorageOptions, TransferManager } from "@google-cloud/storage";
import { answer, type Task } from "./task.ts";

const { phase, from, to, folder, names, reach } = (await json(process.stdin)) as Task;
const { bucket: name, client } = reach as { bucket: string; client: StorageOptions };
const bucket = new Storage(client).bucket(name);
const transfers = new TransferManager(bucket);
await bucket.file(`${folder}/nothing`).exists();
await answer(phase, {
  "large up": () => bucket.upload(join(from, "large"), { destination: `${folder}/large` }),
  "large down": () => bucket.file(`${folder}/large`).download({ destination: join(to, "large") }),
  "small up": () =>
    transfers.uploadManyFiles(
      names.map((each) => join(from, "small", each)),
      { concurrencyLimit: 16, customDestinationBuilder: (path) => `${folder}/${path.split("/").at(-1)}` },
    ),
  "small down": () =>
    transfers.downloadManyFiles(
      names.map((each) => `${folder}/${each}`),
      { concurrencyLimit: 16, stripPrefix: `${folder}/`, prefix: to },
    ),
});
