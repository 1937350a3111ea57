import { generateKeyPairSync } from "node:crypto";
import { type FakeGcsOptions, type RunningFakeGcs, requireFakeGcs } from "../../services/fake-gcs-server.ts";
import type { MissingService } from "../../services/service.ts";
import { type Fault, startFaultProxy } from "./fault-proxy.ts";
import type { StoreAccess } from "./store-access.ts";
import type { FaultyStore } from "./store-faults.ts";
import { startUploadSessions } from "./upload-sessions.ts";

const BUCKET = "lake";

/** A fake-gcs-server with a bucket. */
export async function startGcs(options?: FakeGcsOptions): Promise<RunningFakeGcs | MissingService> {
  const server = await requireFakeGcs(options);
  if (!("missing" in server)) await server.makeBucket(BUCKET);
  return server;
}

/** Configuration that reaches it with the key of a service account that no one knows: it asks for none. */
export function gcsAccess(endpoint: string, more: object = {}): StoreAccess {
  return {
    config: {
      bucket: BUCKET,
      prefix: "warehouse",
      endpoint,
      credentials: { source: "env", name: "LAKE_CREDENTIALS" },
      ...more,
    },
    secrets: { LAKE_CREDENTIALS: serviceAccountKey() },
  };
}

let key: string | undefined;

/** What a key file of a service account holds. Made up once: finding primes takes its time. */
export function serviceAccountKey(): string {
  key ??= generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).privateKey;
  return JSON.stringify({
    type: "service_account",
    project_id: "test",
    client_email: "floe@test.iam.gserviceaccount.com",
    private_key: key,
    token_uri: "https://oauth2.googleapis.com/token",
  });
}

/**
 * An error as the JSON API has it.
 *
 * @see https://cloud.google.com/storage/docs/json_api/v1/status-codes
 */
const refusing = (
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): Extract<Fault, { kind: "answer" }> => ({
  kind: "answer",
  status: code,
  headers: { "content-type": "application/json; charset=UTF-8", ...headers },
  body: JSON.stringify({ error: { code, message, errors: [{ message, domain: "global", reason }] } }),
});

const deniedTo = (permission: string): string =>
  `floe@test.iam.gserviceaccount.com does not have ${permission} access to the Google Cloud Storage object.`;

const IMPATIENT = { max_attempts: 3, read_timeout_seconds: 1, part_size_mib: 4 };

/**
 * The faults of Cloud Storage, seen on fake-gcs-server. It checks no credential, so how one is refused is
 * answered as the JSON API's reference has it.
 */
export async function startFaultyGcs(): Promise<FaultyStore | MissingService> {
  const server = await startGcs();
  if ("missing" in server) return server;
  const sessions = await startUploadSessions(server.url);
  const readable = await startFaultProxy(server.url);
  readable.plan = ({ method }) =>
    method === "GET" ? undefined : refusing(403, "forbidden", deniedTo("storage.objects.create"));
  const access = (url: string, more: object = {}): StoreAccess => gcsAccess(url, { ...IMPATIENT, ...more });
  return {
    url: sessions.url,
    access,
    refusals: {
      wrongKey: {
        code: "CONNECTION.UNAUTHORIZED",
        says: /gcloud auth/,
        access: (url) => access(url),
        answer: refusing(401, "authError", "Invalid Credentials", {
          "www-authenticate": 'Bearer realm="https://accounts.google.com/"',
        }),
      },
      expiredToken: {
        code: "CONNECTION.UNAUTHORIZED",
        access: (url) => ({
          config: {
            ...(access(url).config as object),
            credentials: undefined,
            access_token: { source: "env", name: "LAKE_TOKEN" },
          },
          secrets: { LAKE_TOKEN: "expired-long-ago" },
        }),
        answer: refusing(401, "authError", "Request had invalid authentication credentials."),
      },
      readOnly: {
        code: "STORAGE.FORBIDDEN",
        says: /roles\/storage\.objectUser/,
        access: access(readable.url),
        operations: ["write", "delete"],
      },
      elsewhere: {
        code: "STORAGE.FORBIDDEN",
        says: /does not have storage\.objects\.get/,
        access: (url) => access(url),
        answer: refusing(403, "forbidden", deniedTo("storage.objects.get")),
      },
      missingBucket: {
        code: "STORAGE.FAILED",
        says: /no bucket nowhere/,
        access: access(server.url, { bucket: "nowhere" }),
      },
      wrongRegion: { none: "The name of a bucket leads to its region." },
    },
    busy: [
      refusing(429, "rateLimitExceeded", "The rate of requests to the object is too high."),
      refusing(503, "backendError", "Backend Error", { "retry-after": "0" }),
      { kind: "answer", status: 503, headers: { "content-type": "text/plain" }, body: "upstream is down" },
    ],
    isLaterPart: ({ method, headers }) =>
      method === "PUT" && /^bytes 4194304-/.test(headers["content-range"] ?? ""),
    isCommit: ({ method, url = "", headers }) =>
      (method === "POST" && url.includes("uploadType=multipart")) ||
      (method === "PUT" && /-\d+\/\d+$/.test(headers["content-range"] ?? "")),
    unfinishedUploads: async () => sessions.unfinished(),
    async [Symbol.asyncDispose]() {
      await readable[Symbol.asyncDispose]();
      await sessions[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
