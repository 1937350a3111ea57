import { connectionError, FloeError, isFloeError } from "@floe/core";
import { forbidden, notFound } from "@floe/core/storage";
import type { Bucket } from "./bucket.ts";

/** What an operation was about, for messages. */
export interface Attempted {
  location: string;
  /** A participle: `read`, `written`, `deleted`, `looked at`. */
  doing: string;
}

/** What the SDK throws: an answer of the server, or no answer. */
interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number; attempts?: number };
  Region?: string;
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

/** The server knows the key and refuses it, or doesn't know it. */
const REFUSED_KEY = new Set([
  "AccessKeyIdNotFound",
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSecurity",
  "InvalidToken",
  "InvalidTokenId",
  "RequestExpired",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
  "TokenProviderError",
  "TokenRefreshRequired",
  "UnrecognizedClientException",
]);

const WRONG_REGION = new Set([
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  "PermanentRedirect",
  "TemporaryRedirect",
]);
const BUSY = new Set([
  "SlowDown",
  "SlowDownRead",
  "SlowDownWrite",
  "ServiceUnavailable",
  "TooManyRequests",
  "Throttling",
  "ThrottlingException",
  "RequestLimitExceeded",
]);

/** The answer's status, also where the SDK couldn't read the answer. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = error as SdkError;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** How often the request was sent. */
export const attemptsOf = (error: unknown): number => (error as SdkError).$metadata?.attempts ?? 1;

/** What S3 answered, or that it didn't, as a coded error. */
export function s3Error(error: unknown, bucket: Bucket, { location, doing }: Attempted): FloeError {
  if (isFloeError(error)) return error;
  const { name, message, $metadata } = error as SdkError;
  const status = statusOf(error);
  const why = status === undefined ? message : `${name}: ${message}`;
  const { host } = bucket;
  if (REFUSED_KEY.has(name) || status === 401) return unauthorized(error as SdkError, host);
  if (name === "NoSuchBucket") return noBucket(bucket, error);
  if (name === "NoSuchKey") return notFound(location, error);
  if (WRONG_REGION.has(name) || status === 301) return wrongRegion(error as SdkError, bucket);
  if (status === 403) {
    return forbidden(location, doing, {
      why,
      next: [
        "Grant the credential s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on the warehouse.",
        "Grant it s3:ListBucket too: without it S3 answers so for an object that isn't there.",
      ],
      cause: error,
    });
  }
  if (BUSY.has(name) || status === 429 || status === 503) {
    return new FloeError("CONNECTION.FAILED", `${host} asks for fewer requests.`, {
      why: `It refused ${$metadata?.attempts ?? 1} attempts in a row (${name}).`,
      next: ["Try again later.", "Raise plugins.storage.config.max_attempts in manifest.yaml."],
      cause: error,
    });
  }
  if (status === 501 || name === "NotImplemented") {
    return new FloeError("STORAGE.FAILED", `${host} can't do what floe asked of it.`, {
      why,
      next: ["Use a server that knows conditional writes (If-None-Match), as S3 and MinIO do."],
      cause: error,
    });
  }
  if (status === undefined) return noAnswer(error, bucket);
  if (status >= 500 || status < 300 || name === "SyntaxError") {
    return new FloeError("CONNECTION.FAILED", `${host} answered with an error.`, {
      why: `Status ${status}, ${name === "SyntaxError" ? "and not as S3 does" : name}.`,
      next: ["Check that plugins.storage.config.endpoint is one of S3.", "Try again later."],
      cause: error,
    });
  }
  return new FloeError("STORAGE.FAILED", `${location} couldn't be ${doing}.`, {
    why,
    next: ["Check the location and the bucket's settings."],
    cause: error,
  });
}

/** A page where an object was asked for: a proxy's, or that of some other server. */
export function notS3(bucket: Bucket): FloeError {
  return new FloeError("CONNECTION.FAILED", `What answers at ${bucket.host} isn't S3.`, {
    why: "It gave no entity tag, as S3 does for each object.",
    next: ["Check that plugins.storage.config.endpoint is one of S3.", "Check proxies between."],
  });
}

/** A bucket that isn't there is no missing object: what isn't found in it may well exist elsewhere. */
export function noBucket(bucket: Bucket, cause?: unknown): FloeError {
  return new FloeError("STORAGE.FAILED", `There is no bucket ${bucket.name} at ${bucket.host}.`, {
    next: [`aws s3 mb s3://${bucket.name}`, "Correct plugins.storage.config.bucket in manifest.yaml."],
    cause,
  });
}

function noAnswer(error: unknown, bucket: Bucket): FloeError {
  const { config } = bucket;
  const { name, message, syscall, hostname } = error as NodeJS.ErrnoException & { hostname?: string };
  // What the SDK itself finds wrong before it sends: no region, a profile that isn't there.
  if (syscall === undefined && /region|profile/i.test(message) && name !== "TimeoutError") {
    return new FloeError("CONNECTION.FAILED", "S3 can't be asked with these settings.", {
      why: message,
      next: ["Set plugins.storage.config.region in manifest.yaml, or AWS_REGION."],
      cause: error,
    });
  }
  const connecting = /establish a connection/.test(message);
  return connectionError(
    error,
    hostname ?? bucket.host,
    (connecting ? config.connect_timeout_seconds : config.read_timeout_seconds) * 1000,
  );
}

function unauthorized(error: SdkError, host: string): FloeError {
  const { name, message } = error;
  const none = name === "CredentialsProviderError";
  return new FloeError(
    "CONNECTION.UNAUTHORIZED",
    none ? `There are no credentials for ${host}.` : `${host} refused the credential.`,
    {
      why: statusOf(error) === 401 ? "It answered 401." : none ? message : `${name}: ${message}`,
      next: [
        name.startsWith("Expired") || name === "TokenRefreshRequired"
          ? "Get a new token: aws sso login"
          : name === "RequestTimeTooSkewed"
            ? "Set this machine's clock."
            : "See which credential is used: aws sts get-caller-identity",
        "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      ],
      cause: error,
    },
  );
}

function wrongRegion(error: SdkError, bucket: Bucket): FloeError {
  const region =
    error.Region ??
    error.$response?.headers?.["x-amz-bucket-region"] ??
    /expecting '([\w-]+)'/.exec(error.message)?.[1];
  return new FloeError(
    "CONNECTION.FAILED",
    `The bucket ${bucket.name} isn't in the region that it was asked in.`,
    {
      why: region === undefined ? error.message : `It is in ${region}.`,
      next: [
        region === undefined
          ? "Correct plugins.storage.config.region in manifest.yaml."
          : `Set plugins.storage.config.region to ${region} in manifest.yaml.`,
      ],
      cause: error,
    },
  );
}
