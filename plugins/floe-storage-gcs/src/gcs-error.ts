import { connectionError, FloeError, isFloeError } from "@floe/core";
import { forbidden, notFound } from "@floe/core/storage";
import type { Bucket } from "./bucket.ts";

/** What an operation was about, for messages. */
export interface Attempted {
  location: string;
  /** A participle: `read`, `written`, `deleted`, `looked at`. */
  doing: string;
}

/** What Google's client throws: an answer of a server, or no answer. */
export interface RequestError extends Error {
  config?: { url?: string | URL };
  response?: { status: number; headers: Headers; data?: unknown };
}

/** The JSON API's error. @see https://cloud.google.com/storage/docs/json_api/v1/status-codes */
interface ApiError {
  code?: number;
  message?: string;
  errors?: { reason?: string }[];
}

/** The answer's status, where the object store answered. */
export const statusOf = (error: unknown): number | undefined => (error as RequestError).response?.status;

/** What Google answered, or that it didn't, as a coded error. */
export function gcsError(error: unknown, bucket: Bucket, { location, doing }: Attempted): FloeError {
  if (isFloeError(error)) return error;
  const { host } = bucket;
  const { response, config } = error as RequestError;
  const asked = config?.url === undefined ? host : new URL(config.url).host;
  if (response === undefined) {
    return isCredentialFault(error)
      ? unauthorized(host, undefined, error)
      : connectionError(error, asked, bucket.limitMs);
  }
  const { status } = response;
  const { message, errors } = apiErrorOf(response.data);
  const reason = errors?.[0]?.reason;
  // A server that gives tokens refuses a credential with 400, too.
  if (asked !== host && status < 500 && status !== 429) return unauthorized(asked, status, error);
  if (status === 401) return unauthorized(host, status, error);
  if (status === 404) return isMissingBucket(message) ? noBucket(bucket, error) : notFound(location, error);
  if (status === 403) {
    return forbidden(location, doing, {
      why: message ?? "It answered 403.",
      next: [
        `gcloud storage buckets add-iam-policy-binding gs://${bucket.name} --member=<account> --role=roles/storage.objectUser`,
      ],
      cause: error,
    });
  }
  if (status === 429 || status === 503) {
    return new FloeError("CONNECTION.FAILED", `${asked} asks for fewer requests.`, {
      why: `It answered ${status} to each of several attempts.`,
      next: ["Try again later.", "Raise the bucket's request rate step by step, or spread names."],
      cause: error,
    });
  }
  if (status >= 500 || status < 400 || (status === 400 && reason === undefined && message === undefined)) {
    return new FloeError("CONNECTION.FAILED", `${asked} answered with an error.`, {
      why: `It answered ${status}.`,
      next: ["Check that plugins.storage.config.endpoint is one of Cloud Storage.", "Try again later."],
      cause: error,
    });
  }
  return new FloeError("STORAGE.FAILED", `${location} couldn't be ${doing}.`, {
    why: message ?? `It answered ${status}.`,
    next: ["Check the location and the bucket's settings."],
    cause: error,
  });
}

/**
 * As {@link gcsError}, but it asks for the bucket where a 404 may mean either: Cloud Storage tells a missing
 * bucket in words, other servers don't.
 */
export async function explained(
  error: unknown,
  bucket: Bucket,
  attempted: Attempted,
  signal: AbortSignal,
): Promise<FloeError> {
  signal.throwIfAborted();
  const coded = gcsError(error, bucket, attempted);
  if (coded.code !== "STORAGE.NOT_FOUND") return coded;
  try {
    return (await bucket.isThere(signal)) ? coded : noBucket(bucket, error);
  } catch (reason) {
    signal.throwIfAborted();
    return gcsError(reason, bucket, attempted);
  }
}

/** An answer of success that isn't one of Cloud Storage's: another server listens there. */
export function unexpectedAnswer({ host }: Bucket, why: string): FloeError {
  return new FloeError("CONNECTION.FAILED", `${host} doesn't answer as Cloud Storage does.`, {
    why,
    next: ["Check plugins.storage.config.endpoint in manifest.yaml, and proxies between."],
  });
}

/** A bucket that isn't there is no missing object: what isn't found in it may well exist elsewhere. */
function noBucket(bucket: Bucket, cause?: unknown): FloeError {
  return new FloeError("STORAGE.FAILED", `There is no bucket ${bucket.name} at ${bucket.host}.`, {
    next: [
      `gcloud storage buckets create gs://${bucket.name}`,
      "Correct plugins.storage.config.bucket in manifest.yaml.",
    ],
    cause,
  });
}

const isMissingBucket = (message: string | undefined): boolean =>
  message !== undefined && /bucket (\S+ )?does not exist/i.test(message);

/**
 * The error in an answer, if it has the form of Cloud Storage's: anything else may come from a proxy, which
 * may repeat what it was sent, token included.
 */
function apiErrorOf(data: unknown): ApiError {
  let body = data;
  if (typeof body === "string") {
    try {
      body = JSON.parse(body);
    } catch {
      return {};
    }
  }
  const { error } = (body ?? {}) as { error?: unknown };
  if (typeof error !== "object" || error === null) return {};
  const { code, message, errors } = error as ApiError;
  return typeof code === "number" && typeof message === "string"
    ? { code, message, ...(Array.isArray(errors) ? { errors } : {}) }
    : {};
}

/** A key that can't sign, or a configuration that Google's client can't use. */
function isCredentialFault(error: unknown): boolean {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return (
    /^ERR_OSSL|^ERR_CRYPTO/.test(code) || /private.?key|client_email|credential|refresh token/i.test(message)
  );
}

function unauthorized(host: string, status: number | undefined, cause: unknown): FloeError {
  return new FloeError("CONNECTION.UNAUTHORIZED", `${host} refused the credential.`, {
    why: status === undefined ? "It can't be used to sign in." : `It answered ${status}.`,
    next: [
      "gcloud auth application-default login",
      "Check that the key wasn't revoked, and this machine's clock.",
    ],
    cause,
  });
}
