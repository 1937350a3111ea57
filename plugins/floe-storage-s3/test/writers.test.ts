import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { MINIO_START_LIMIT_MS } from "@floe/tooling/minio";
import { s3Access, startS3 } from "@floe/tooling/s3-server";
import { openStore } from "@floe/tooling/store-access";
import plugin from "floe-storage-s3";
import { expect, it } from "vitest";

const MIB = 1024 * 1024;

async function* slowly(value: number): AsyncGenerator<Uint8Array> {
  for (let part = 0; part < 12; part += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield new Uint8Array(MIB).fill(value);
  }
}

it("of several writers of a large file one wins, whole, and the others leave nothing", {
  timeout: MINIO_START_LIMIT_MS,
}, async ({ skip }) => {
  const minio = await startS3();
  if ("missing" in minio) return skip(minio.missing);
  await using _server = minio;
  await using store = openStore(plugin, s3Access(minio, minio.url, minio.credentials, { part_size_mib: 5 }));
  const location = store.at("contested");
  const writers = [1, 2, 3];
  const outcomes = await Promise.allSettled(
    writers.map((value) => store.files.newOutput(location).write(slowly(value))),
  );
  const winners = writers.filter((_, index) => outcomes[index]?.status === "fulfilled");
  expect(winners, JSON.stringify(outcomes)).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "STORAGE.EXISTS" });
  }
  const content = await store.files.newInput(location).read();
  expect(content.length).toBe(12 * MIB);
  expect(content.every((byte) => byte === winners[0])).toBe(true);

  const { url: endpoint, region, credentials } = minio;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: "lake" }));
  client.destroy();
  expect(Uploads).toEqual([]);
});
