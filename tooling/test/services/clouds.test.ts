import { BlobServiceClient } from "@azure/storage-blob";
import { expect, test } from "vitest";
import { AZURITE_START_LIMIT_MS, requireAzurite } from "../../services/azurite.ts";
import { FAKE_GCS_START_LIMIT_MS, requireFakeGcs } from "../../services/fake-gcs-server.ts";

test("fake-gcs-server starts and keeps objects", { timeout: FAKE_GCS_START_LIMIT_MS }, async (context) => {
  const started = await requireFakeGcs();
  if ("missing" in started) return context.skip(started.missing);
  await using server = started;
  await server.makeBucket("lake");
  const upload = `${server.url}/upload/storage/v1/b/lake/o?uploadType=media&name=x`;
  expect((await fetch(upload, { method: "POST", body: "content" })).status).toBe(200);
  const object = await fetch(`${server.url}/storage/v1/b/lake/o/x?alt=media`);
  expect(await object.text()).toBe("content");
});

test("Azurite starts, and a shared access signature narrows what may be done", {
  timeout: AZURITE_START_LIMIT_MS,
}, async (context) => {
  const started = await requireAzurite();
  if ("missing" in started) return context.skip(started.missing);
  await using server = started;
  await server.makeContainer("lake");
  const client = (service: BlobServiceClient) =>
    service.getContainerClient("lake").getBlockBlobClient("open/x");
  await client(BlobServiceClient.fromConnectionString(server.connectionString)).upload("content", 7);
  const reader = client(new BlobServiceClient(`${server.endpoint}?${await server.sas("lake", "r")}`));
  expect((await reader.downloadToBuffer()).toString()).toBe("content");
  await expect(reader.upload("other", 5)).rejects.toMatchObject({
    statusCode: 403,
    code: "AuthorizationPermissionMismatch",
  });
});
