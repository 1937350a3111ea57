import { randomBytes } from "node:crypto";
import { type AzuriteOptions, type RunningAzurite, requireAzurite } from "../../services/azurite.ts";
import type { MissingService } from "../../services/service.ts";
import type { Fault } from "./fault-proxy.ts";
import type { StoreAccess } from "./store-access.ts";
import type { FaultyStore } from "./store-faults.ts";

const CONTAINER = "lake";

/** An Azurite with a container. */
export async function startAzure(options?: AzuriteOptions): Promise<RunningAzurite | MissingService> {
  const server = await requireAzurite(options);
  if (!("missing" in server)) {
    await server.makeContainer(CONTAINER);
    await server.makeContainer("other");
  }
  return server;
}

/** Configuration that reaches it with the account's key, or another. */
export function azureAccess(
  { account }: RunningAzurite,
  url: string,
  more: object = {},
  key: string = account.key,
): StoreAccess {
  return {
    config: {
      account: account.name,
      container: CONTAINER,
      prefix: "warehouse",
      endpoint: `${url}/${account.name}`,
      account_key: { source: "env", name: "LAKE_KEY" },
      ...more,
    },
    secrets: { LAKE_KEY: key },
  };
}

/** The same with a shared access signature. */
function sasAccess(access: StoreAccess, sas: string): StoreAccess {
  const config = { ...(access.config as object), account_key: undefined };
  return {
    config: { ...config, sas_token: { source: "env", name: "LAKE_SAS" } },
    secrets: { LAKE_SAS: sas },
  };
}

/** @see https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
const refusing = (status: number, code: string): Extract<Fault, { kind: "answer" }> => ({
  kind: "answer",
  status,
  headers: { "content-type": "application/xml", "x-ms-error-code": code, "x-ms-request-id": "1" },
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>As Azure says it.</Message></Error>`,
});

const IMPATIENT = { max_attempts: 3, read_timeout_seconds: 1.5, part_size_mib: 2, upload_concurrency: 2 };
const DAY_MS = 86_400_000;

/** The faults of Azure's Blob service, seen on Azurite. */
export async function startFaultyAzure(): Promise<FaultyStore | MissingService> {
  const server = await startAzure({ inMemory: true });
  if ("missing" in server) return server;
  const access = (url: string, more: object = {}, key?: string): StoreAccess =>
    azureAccess(server, url, { ...IMPATIENT, ...more }, key);
  const here = access(server.url);
  return {
    url: server.url,
    access,
    refusals: {
      wrongKey: {
        code: "CONNECTION.UNAUTHORIZED",
        access: access(server.url, {}, randomBytes(64).toString("base64")),
      },
      expiredToken: {
        code: "CONNECTION.UNAUTHORIZED",
        says: /expired/,
        access: sasAccess(here, await server.sas(CONTAINER, "racwd", new Date(Date.now() - DAY_MS))),
      },
      readOnly: {
        code: "STORAGE.FORBIDDEN",
        says: /Storage Blob Data Contributor/,
        access: sasAccess(here, await server.sas(CONTAINER, "r")),
        operations: ["write", "delete"],
      },
      elsewhere: {
        // A signature for another container doesn't match: Azure can't tell it from a forged one.
        code: "CONNECTION.UNAUTHORIZED",
        access: sasAccess(here, await server.sas("other", "racwd")),
      },
      missingBucket: {
        code: "STORAGE.FAILED",
        says: /no container nowhere/,
        access: access(server.url, { container: "nowhere" }),
      },
      wrongRegion: { none: "An account's name leads to its region." },
    },
    busy: [
      refusing(503, "ServerBusy"),
      refusing(429, "TooManyRequests"),
      { kind: "answer", status: 503, headers: { "content-type": "text/plain" }, body: "upstream is down" },
    ],
    isLaterPart: ({ method, url = "" }) => {
      const id = new URLSearchParams(url.split("?")[1]).get("blockid");
      return method === "PUT" && id !== null && Buffer.from(id, "base64").toString().endsWith("-000001");
    },
    isCommit: ({ method, url = "" }) => method === "PUT" && !url.includes("comp=block&"),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
