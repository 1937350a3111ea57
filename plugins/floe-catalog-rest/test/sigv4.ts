import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { RunningMinio } from "@floe/tooling/minio";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createRest } from "./scripted-catalog.ts";

/** An S3 server checks signatures for real, and gives what a GET asks for: enough of a catalog. */
export function testSigv4(minio: RunningMinio): void {
  describe("AWS Signature Version 4", () => {
    beforeAll(async () => {
      vi.stubEnv("AWS_ACCESS_KEY_ID", minio.credentials.accessKeyId);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", minio.credentials.secretAccessKey);
      vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
      await minio.makeBucket("catalog");
      const store = new S3Client({
        endpoint: minio.url,
        region: minio.region,
        forcePathStyle: true,
        credentials: minio.credentials,
      });
      const put = (path: string, json: unknown) =>
        store.send(
          new PutObjectCommand({
            Bucket: "catalog",
            Key: path,
            Body: JSON.stringify(json),
            ContentType: "application/json",
          }),
        );
      await put("v1/config", { defaults: {}, overrides: {} });
      await put("v1/namespaces", { namespaces: [["sales"]] });
      store.destroy();
    });
    afterAll(() => void vi.unstubAllEnvs());

    const connect = (region: string) =>
      createRest({
        uri: `${minio.url}/catalog`,
        warehouse: "arn:aws:s3tables:eu-central-1:123456789012:bucket/lake & more",
        authorization: { type: "sigv4", region, service: "s3" },
        timeout_seconds: 20,
      }).connect();

    it("is what a real server takes, made with the credentials that AWS's own chain finds", async () => {
      const catalog = await connect(minio.region);
      expect(await catalog.listNamespaces()).toEqual(["sales"]);
    });

    it("is refused with another key, and says so where there is none", async () => {
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another");
      await expect(connect("eu-central-1")).rejects.toMatchObject({ code: "CATALOG.FORBIDDEN" });
      vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
      vi.stubEnv("AWS_CONFIG_FILE", "/nowhere/config");
      vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
      await expect(connect("eu-central-1")).rejects.toMatchObject({ code: "CONNECTION.UNAUTHORIZED" });
    });
  });
}
