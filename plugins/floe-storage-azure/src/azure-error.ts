import { connectionError, FloeError, isFloeError } from "@floe/core";
import { forbidden, notFound } from "@floe/core/storage";
import type { Container } from "./container.ts";

/** What an operation was about, for messages. */
export interface Attempted {
  location: string;
  /** A participle: `read`, `written`, `deleted`, `looked at`. */
  doing: string;
}

/** What the SDK throws: an answer of the server, or no answer. */
export interface RequestError extends Error {
  statusCode?: number;
  code?: string;
  response?: { headers?: { get(name: string): string | undefined } };
}

/** The answer's status, where there was an answer. */
export const statusOf = (error: unknown): number | undefined => (error as RequestError).statusCode;

/**
 * The service's own code for what is wrong.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 */
export const codeOf = (error: unknown): string =>
  (error as RequestError).response?.headers?.get("x-ms-error-code") ?? "";

/** A credential that the service doesn't know, or one that isn't any more. */
const REFUSED = new Set([
  "AuthenticationFailed",
  "InvalidAuthenticationInfo",
  "NoAuthenticationInformation",
  "KeyBasedAuthenticationNotPermitted",
]);

/** Azurite has no code of its own for it, but the words. */
const isRefused = (error: unknown): boolean =>
  REFUSED.has(codeOf(error)) || (error as Error).message.startsWith("Server failed to authenticate");

/** Where no token could be had. */
const NO_TOKEN = new Set([
  "AggregateAuthenticationError",
  "AuthenticationError",
  "AuthenticationRequiredError",
  "CredentialUnavailableError",
]);

/** What Azure answered, or that it didn't, as a coded error. */
export function azureError(error: unknown, container: Container, { location, doing }: Attempted): FloeError {
  if (isFloeError(error)) return error;
  const { host } = container;
  if (NO_TOKEN.has((error as Error).name)) return noToken(error);
  const status = statusOf(error);
  const code = codeOf(error);
  if (status === undefined) return noAnswer(error, container);
  if (status < 500 && status !== 401 && status !== 429 && !isAzures(error)) {
    return unexpectedAnswer(container, `It answered ${status}.`);
  }
  const why = code === "" ? `It answered ${status}.` : `It answered ${code}: ${firstLine(error)}`;
  if (status === 401 || isRefused(error)) {
    return new FloeError("CONNECTION.UNAUTHORIZED", `${host} refused the credential.`, {
      why,
      next: [
        "Check that the key or signature is of this account and hasn't expired.",
        "Check this machine's clock.",
        "az login",
      ],
      cause: error,
    });
  }
  if (code === "ContainerNotFound") return noContainer(container, error);
  if (status === 404) return notFound(location, error);
  if (status === 403) {
    return forbidden(location, doing, {
      why,
      next: [
        `az role assignment create --role "Storage Blob Data Contributor" --assignee <client> --scope <account>`,
        "Give a shared access signature the permissions rcwdl.",
      ],
      cause: error,
    });
  }
  if (status === 429 || status === 503) {
    return new FloeError("CONNECTION.FAILED", `${host} asks for fewer requests.`, {
      why: `It answered ${status} to each of several attempts.`,
      next: ["Try again later.", "See the account's limits: az storage account show-usage"],
      cause: error,
    });
  }
  if (status >= 500 || status < 400 || code === "") {
    return new FloeError("CONNECTION.FAILED", `${host} answered with an error.`, {
      why,
      next: ["Check that plugins.storage.config.endpoint is a Blob service.", "Try again later."],
      cause: error,
    });
  }
  return new FloeError("STORAGE.FAILED", `${location} couldn't be ${doing}.`, {
    why,
    next: ["Check the location and the container's settings."],
    cause: error,
  });
}

/** Whether it was the Blob service that answered: it names each request. */
const isAzures = (error: unknown): boolean =>
  (error as RequestError).response?.headers?.get("x-ms-request-id") !== undefined;

/** An answer that isn't one of the Blob service's: another server listens there. */
export function unexpectedAnswer({ host }: Container, why: string): FloeError {
  return new FloeError("CONNECTION.FAILED", `${host} doesn't answer as Azure's Blob service does.`, {
    why,
    next: ["Check plugins.storage.config.endpoint in manifest.yaml, and proxies between."],
  });
}

/** A container that isn't there is no missing file: what isn't found in it may well exist elsewhere. */
function noContainer({ name, host, config }: Container, cause: unknown): FloeError {
  return new FloeError("STORAGE.FAILED", `There is no container ${name} at ${host}.`, {
    next: [
      `az storage container create --name ${name} --account-name ${config.account}`,
      "Correct plugins.storage.config.container in manifest.yaml.",
    ],
    cause,
  });
}

function noAnswer(error: unknown, container: Container): FloeError {
  const { message } = error as Error;
  if (/non-TLS|non-https/.test(message)) {
    return new FloeError("CONNECTION.FAILED", `A token may not be sent to ${container.host}.`, {
      why: "Its address isn't https.",
      next: ["Use https in plugins.storage.config.endpoint.", "Give an account key or a signature."],
      cause: error,
    });
  }
  return connectionError(error, container.host, container.limitMs);
}

function noToken(cause: unknown): FloeError {
  return new FloeError("CONNECTION.UNAUTHORIZED", "Azure gave no token.", {
    why: "None of Azure's ways to sign in could be used here, or Entra refused the client.",
    next: [
      "az login",
      "Set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET.",
      "Give a secret: account_key, sas_token or connection_string.",
    ],
    cause,
  });
}

/** The rest is the request's id and time, and sometimes what was signed. */
const firstLine = (error: unknown): string => (error as Error).message.split("\n", 1)[0] ?? "";
