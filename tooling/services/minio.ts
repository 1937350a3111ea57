import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeCertificate } from "./certificate.ts";
import { buildByGo } from "./go.ts";
import {
  freePort,
  type MissingService,
  type RunningService,
  requireService,
  type Service,
} from "./service.ts";

/** The last state of the server before its repository was archived. */
const VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c";
const BUILD_LIMIT_MS = 1_200_000;

/** What a hook that may have to build the server should allow. */
export const MINIO_START_LIMIT_MS = BUILD_LIMIT_MS + 60_000;

/** Keys as the AWS SDKs take them. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** A MinIO with an STS, in which nothing is yet. */
export interface RunningMinio extends RunningService {
  region: string;
  /** Of its root user: random, new at each start. */
  credentials: S3Credentials;
  makeBucket(name: string): Promise<void>;
  /**
   * Short-lived credentials of the root user, narrowed by a session policy in IAM's JSON. MinIO takes no
   * less than 900 seconds.
   */
  assumeRole(policy: object, durationSeconds?: number): Promise<Required<S3Credentials>>;
}

interface MinioOptions {
  /** Speaks TLS with a certificate made at start; `ca` is then its authority. */
  tls?: boolean;
  /** How long its STS's credentials live whatever is asked for, in Go's spelling: `2h`. */
  sessions?: string;
  /** Folders that are made in its drive before it starts, which are then buckets. */
  folders?: readonly string[];
}

/** As {@link requireService}, with what a test needs of a MinIO. */
export async function requireMinio(options: MinioOptions = {}): Promise<RunningMinio | MissingService> {
  const credentials = {
    accessKeyId: randomBytes(10).toString("hex"),
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  const service = await requireService(minio(credentials, options));
  return "missing" in service ? service : withHelpers(service, credentials);
}

const REGION = "eu-central-1";

/** MinIO's server, built by Go, with one folder of data. */
function minio(
  { accessKeyId, secretAccessKey }: S3Credentials,
  { tls = false, folders = [], sessions }: MinioOptions,
): Service {
  return {
    name: "minio",
    version: VERSION,
    readyPath: "/minio/health/ready",
    ...(tls ? { tlsCaFile: join("certs", "public.crt") } : {}),
    async install(dir) {
      await buildByGo(`github.com/minio/minio@${VERSION}`, dir, BUILD_LIMIT_MS);
    },
    async command({ dir, data, port }) {
      const certificates = join(data, "certs");
      for (const folder of folders) await mkdir(join(data, "data", folder), { recursive: true });
      if (tls) await makeCertificate(certificates, { certificate: "public.crt", key: "private.key" });
      return {
        program: join(dir, "minio"),
        // biome-ignore format: a command line
        parameters: [
          "server", join(data, "data"), "--address", `127.0.0.1:${port}`,
          "--console-address", `127.0.0.1:${await freePort()}`, "--certs-dir", certificates,
        ],
        env: {
          MINIO_ROOT_USER: accessKeyId,
          MINIO_ROOT_PASSWORD: secretAccessKey,
          MINIO_REGION: REGION,
          MINIO_BROWSER: "off",
          MINIO_UPDATE: "off",
          ...(sessions === undefined ? {} : { MINIO_STS_DURATION: sessions }),
        },
      };
    },
  };
}

async function withHelpers(service: RunningService, credentials: S3Credentials): Promise<RunningMinio> {
  const { url, ca } = service;
  const options = {
    endpoint: url,
    region: REGION,
    credentials,
    // The SDK's default handler takes the options of Node's agents.
    ...(ca === undefined ? {} : { requestHandler: { httpsAgent: { ca } } }),
  };
  return {
    ...service,
    region: REGION,
    credentials,
    async makeBucket(name) {
      const { S3Client, CreateBucketCommand } = await import("@aws-sdk/client-s3");
      const client = new S3Client({ ...options, forcePathStyle: true });
      await client.send(new CreateBucketCommand({ Bucket: name }));
      client.destroy();
    },
    async assumeRole(policy, durationSeconds = 900) {
      const { STSClient, AssumeRoleCommand } = await import("@aws-sdk/client-sts");
      const client = new STSClient(options);
      const { Credentials } = await client.send(
        new AssumeRoleCommand({
          // MinIO doesn't look at them; the protocol wants them.
          RoleArn: "arn:aws:iam::123456789012:role/test",
          RoleSessionName: "test",
          Policy: JSON.stringify(policy),
          DurationSeconds: durationSeconds,
        }),
      );
      client.destroy();
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken)
        throw new Error("MinIO's STS gave no credentials");
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    },
  };
}
