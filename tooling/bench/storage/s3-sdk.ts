/** AWS's SDK and its library for uploads, as their documentation shows them. */
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import {
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { answer, type Task } from "./task.ts";

const { phase, from, to, folder, names, reach } = (await json(process.stdin)) as Task;
const { bucket, client: config } = reach as { bucket: string; client: S3ClientConfig };
const client = new S3Client(config);
const key = (name: string) => ({ Bucket: bucket, Key: `${folder}/${name}` });
await client.send(new HeadBucketCommand({ Bucket: bucket }));
await answer(phase, {
  "large up": () =>
    new Upload({ client, params: { ...key("large"), Body: createReadStream(join(from, "large")) } }).done(),
  "large down": async () => {
    const { Body } = await client.send(new GetObjectCommand(key("large")));
    await pipeline(Body as Readable, createWriteStream(join(to, "large")));
  },
  "small up": () =>
    Promise.all(
      names.map(async (name) =>
        client.send(new PutObjectCommand({ ...key(name), Body: await readFile(join(from, "small", name)) })),
      ),
    ),
  "small down": () =>
    Promise.all(
      names.map(async (name) => {
        const { Body } = await client.send(new GetObjectCommand(key(name)));
        await writeFile(join(to, name), (await Body?.transformToByteArray()) ?? "");
      }),
    ),
});
client.destroy();
