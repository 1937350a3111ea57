import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { MINIO_START_LIMIT_MS, requireMinio } from "../../services/minio.ts";

test.for([false, true])(
  "MinIO starts (TLS: %s), and its STS narrows what a session may do",
  {
    timeout: MINIO_START_LIMIT_MS,
  },
  async (tls) => {
    const started = await requireMinio({ tls });
    if ("missing" in started) throw new Error(started.missing);
    await using minio = started;
    await minio.makeBucket("lake");
    const client = (credentials: typeof minio.credentials): S3Client =>
      new S3Client({
        endpoint: minio.url,
        region: minio.region,
        forcePathStyle: true,
        credentials,
        requestHandler: { httpsAgent: { ca: minio.ca } },
      });
    const object = { Bucket: "lake", Key: "open/x" };
    await client(minio.credentials).send(new PutObjectCommand({ ...object, Body: "content" }));
    const session = client(
      await minio.assumeRole({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::lake/open/*"] }],
      }),
    );
    const { Body } = await session.send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe("content");
    await expect(session.send(new PutObjectCommand({ ...object, Body: "other" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  },
);
