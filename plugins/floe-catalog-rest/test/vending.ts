import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { VendedCredentials } from "@floe/core";
import type { RunningNessie } from "@floe/tooling/nessie";
import { expect, it } from "vitest";
import { createRest } from "./scripted-catalog.ts";

const SCHEMA = { fields: [{ name: "id", type: "long", required: true }] };

/** The store as somebody has it who was given nothing but these credentials. */
function storeOf({ properties }: VendedCredentials): S3Client {
  return new S3Client({
    endpoint: properties["s3.endpoint"] ?? "",
    region: properties["client.region"] ?? "",
    forcePathStyle: properties["s3.path-style-access"] === "true",
    credentials: {
      accessKeyId: properties["s3.access-key-id"] ?? "",
      secretAccessKey: properties["s3.secret-access-key"] ?? "",
      sessionToken: properties["s3.session-token"] ?? "",
    },
  });
}

const objectAt = (location: string) => {
  const { host, pathname } = new URL(location);
  return { Bucket: host, Key: decodeURIComponent(pathname.slice(1)) };
};

/** What a vended credential opens, and what not: by trying. */
export function testVending(nessie: RunningNessie): void {
  it("a vended credential opens its table, and is refused outside of it", async () => {
    if ("missing" in nessie) return;
    const rest = createRest({ uri: nessie.uri, warehouse: nessie.warehouse, timeout_seconds: 20 });
    const catalog = await rest.connect();
    await rest.createNamespace("sales");
    const orders = await catalog.createTable("sales.orders", SCHEMA);
    const returns = await catalog.createTable("sales.returns", SCHEMA);
    const vended = await rest.vendCredentials("sales.orders", ["read", "write", "delete"]);
    expect(vended.prefix).toBe(orders.location);
    // The keys that the catalog itself has aren't those that it gives away.
    expect(JSON.stringify(vended)).not.toContain(nessie.minio.credentials.accessKeyId);

    const store = storeOf(vended);
    const own = objectAt(`${orders.location}/data/part.parquet`);
    await store.send(new PutObjectCommand({ ...own, Body: "rows" }));
    const read = await store.send(new GetObjectCommand(own));
    expect(await read.Body?.transformToString()).toBe("rows");
    await store.send(new DeleteObjectCommand(own));

    const denied = expect.objectContaining({ name: "AccessDenied" });
    for (const location of [
      `${returns.location}/data/part.parquet`,
      `${orders.location.replace(/\/[^/]*$/, "")}/part.parquet`,
      `${nessie.location}/part.parquet`,
    ]) {
      const other = objectAt(location);
      await expect(store.send(new PutObjectCommand({ ...other, Body: "rows" })), location).rejects.toEqual(
        denied,
      );
      await expect(store.send(new GetObjectCommand(other)), location).rejects.toEqual(denied);
    }
    store.destroy();
  });
}
