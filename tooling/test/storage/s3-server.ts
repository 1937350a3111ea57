import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { type RunningMinio, requireMinio, type S3Credentials } from "../../services/minio.ts";
import type { MissingService } from "../../services/service.ts";
import type { StoreAccess } from "./store-access.ts";
import type { FaultyStore } from "./store-faults.ts";

const BUCKET = "lake";

/** Configuration with references to a key, and the key's values. */
export function s3Access(
  minio: RunningMinio,
  url: string,
  credentials: S3Credentials,
  more: object = {},
): StoreAccess {
  const secret = (name: string) => ({ source: "env", name });
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    config: {
      bucket: BUCKET,
      prefix: "warehouse",
      endpoint: url,
      region: minio.region,
      path_style: true,
      access_key_id: secret("LAKE_ACCESS_KEY_ID"),
      secret_access_key: secret("LAKE_SECRET_ACCESS_KEY"),
      ...(sessionToken === undefined ? {} : { session_token: secret("LAKE_SESSION_TOKEN") }),
      ...more,
    },
    secrets: {
      LAKE_ACCESS_KEY_ID: accessKeyId,
      LAKE_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { LAKE_SESSION_TOKEN: sessionToken }),
    },
  };
}

/** A MinIO with a bucket. */
export async function startS3(): Promise<RunningMinio | MissingService> {
  const minio = await requireMinio();
  if (!("missing" in minio)) await minio.makeBucket(BUCKET);
  return minio;
}

const IMPATIENT = { max_attempts: 3, connect_timeout_seconds: 2, read_timeout_seconds: 1, part_size_mib: 5 };

const refusing = (status: number, code: string) =>
  ({
    kind: "answer",
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>As S3 says it.</Message></Error>`,
  }) as const;

/** The faults of S3, seen on a MinIO; what MinIO can't be made to answer is answered as S3's reference has it. */
export async function startFaultyS3(): Promise<FaultyStore | MissingService> {
  const minio = await startS3();
  if ("missing" in minio) return minio;
  const { credentials, url } = minio;
  const session = (actions: readonly string[], resource: string): Promise<S3Credentials> =>
    minio.assumeRole({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: [resource] }],
    });
  const reader = await session(["s3:GetObject"], `arn:aws:s3:::${BUCKET}/*`);
  const stranger = await session(["s3:*"], `arn:aws:s3:::${BUCKET}/elsewhere/*`);
  const access = (at: string, with_: S3Credentials = credentials, more: object = {}): StoreAccess =>
    s3Access(minio, at, with_, { ...IMPATIENT, ...more });
  const client = new S3Client({ endpoint: url, region: minio.region, credentials, forcePathStyle: true });
  const partNumber = (path = ""): number => Number(/[?&]partNumber=(\d+)/.exec(path)?.[1]);
  return {
    url,
    access,
    refusals: {
      wrongKey: {
        code: "CONNECTION.UNAUTHORIZED",
        access: access(url, { ...credentials, secretAccessKey: "wrong" }),
      },
      expiredToken: {
        code: "CONNECTION.UNAUTHORIZED",
        says: /aws sso login/,
        access: (at) => access(at),
        answer: refusing(400, "ExpiredToken"),
      },
      readOnly: {
        code: "STORAGE.FORBIDDEN",
        says: /s3:PutObject/,
        access: access(url, reader),
        operations: ["write", "delete"],
      },
      elsewhere: { code: "STORAGE.FORBIDDEN", access: access(url, stranger) },
      missingBucket: {
        code: "STORAGE.FAILED",
        says: /no bucket nowhere/,
        access: access(url, credentials, { bucket: "nowhere" }),
      },
      wrongRegion: {
        code: "CONNECTION.FAILED",
        says: new RegExp(minio.region),
        access: access(url, credentials, { region: "us-west-2" }),
      },
    },
    busy: [
      refusing(503, "SlowDown"),
      refusing(429, "TooManyRequests"),
      { kind: "answer", status: 503, headers: { "content-type": "text/plain" }, body: "upstream is down" },
    ],
    isLaterPart: ({ method, url: path }) => method === "PUT" && partNumber(path) === 2,
    isCommit: ({ method, url: path = "" }) =>
      method === "PUT" ? !path.includes("uploadId=") : method === "POST" && path.includes("uploadId="),
    async unfinishedUploads() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
      return Uploads.length;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await minio[Symbol.asyncDispose]();
    },
  };
}
