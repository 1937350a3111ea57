import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeCertificate } from "./certificate.ts";
import { type MissingService, type RunningService, requireService, type Service } from "./service.ts";

const run = promisify(execFile);
const VERSION = "3.37.0";
const INSTALL_LIMIT_MS = 600_000;

/** What a hook that may have to install the server should allow. */
export const AZURITE_START_LIMIT_MS: number = INSTALL_LIMIT_MS + 60_000;

/** An account of Azure Storage. */
export interface StorageAccount {
  name: string;
  /** In Base64. */
  key: string;
}

/** Azure's Blob service on loopback. */
export interface RunningAzurite extends RunningService {
  /** Random, new at each start. */
  account: StorageAccount;
  /** Address and account: `http://127.0.0.1:10000/floe`. */
  endpoint: string;
  connectionString: string;
  makeContainer(name: string): Promise<void>;
  /** A shared access signature for a container, good for an hour from `startsOn`. @param permissions `racwdl`. */
  sas(container: string, permissions: string, startsOn?: Date): Promise<string>;
}

export interface AzuriteOptions {
  /** Speaks TLS, and then takes Entra's tokens as well, whoever signed them; `ca` is its authority. */
  tls?: boolean;
  /**
   * Keeps files in memory, for tests that cut uploads off: on disk, Azurite truncates what such an upload has
   * left before the rest of it is written, and files that come after it are read from the wrong place.
   */
  inMemory?: boolean;
}

/** As {@link requireService}, with what a test needs of an Azurite. */
export async function requireAzurite({
  tls = false,
  inMemory = false,
}: AzuriteOptions = {}): Promise<RunningAzurite | MissingService> {
  // Its own well-known account would be a credential in the repository.
  const account = { name: "floe", key: randomBytes(64).toString("base64") };
  const service = await requireService(azurite(account, { tls, inMemory }));
  return "missing" in service ? service : withHelpers(service, account);
}

function azurite({ name, key }: StorageAccount, { tls, inMemory }: Required<AzuriteOptions>): Service {
  return {
    name: "azurite",
    version: VERSION,
    readyPath: "/",
    // It asks for an account, and thereby shows that it listens.
    readyStatus: 400,
    ...(tls ? { tlsCaFile: "azurite.crt" } : {}),
    async install(dir) {
      const manifest = { private: true, dependencies: { azurite: VERSION } };
      await writeFile(join(dir, "package.json"), JSON.stringify(manifest));
      await run("npm", ["install", "--no-audit", "--no-fund", "--omit=dev"], {
        cwd: dir,
        timeout: INSTALL_LIMIT_MS,
      });
    },
    async command({ dir, data, port }) {
      if (tls) await makeCertificate(data, { certificate: "azurite.crt", key: "azurite.key" });
      return {
        program: process.execPath,
        parameters: [
          join(dir, "node_modules", "azurite", "dist", "src", "blob", "main.js"),
          "--blobHost=127.0.0.1",
          `--blobPort=${port}`,
          ...(inMemory ? ["--inMemoryPersistence"] : [`--location=${data}`]),
          "--silent",
          "--disableTelemetry",
          "--skipApiVersionCheck",
          ...(tls
            ? [`--cert=${join(data, "azurite.crt")}`, `--key=${join(data, "azurite.key")}`, "--oauth=basic"]
            : []),
        ],
        env: { AZURITE_ACCOUNTS: `${name}:${key}` },
      };
    },
  };
}

async function withHelpers(service: RunningService, account: StorageAccount): Promise<RunningAzurite> {
  const { name, key } = account;
  const endpoint = `${service.url}/${name}`;
  const connectionString = `DefaultEndpointsProtocol=${service.url.split(":")[0]};AccountName=${name};AccountKey=${key};BlobEndpoint=${endpoint};`;
  const sdk = () => import("@azure/storage-blob");
  return {
    ...service,
    account,
    endpoint,
    connectionString,
    async makeContainer(container) {
      const { BlobServiceClient, StorageSharedKeyCredential } = await sdk();
      // The pipeline takes more than its type says.
      const options: object = service.ca === undefined ? {} : { tlsOptions: { ca: service.ca } };
      const client = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(name, key), options);
      await client.getContainerClient(container).create();
    },
    async sas(container, permissions, startsOn = new Date()) {
      const {
        ContainerSASPermissions,
        generateBlobSASQueryParameters,
        SASProtocol,
        StorageSharedKeyCredential,
      } = await sdk();
      const parameters = generateBlobSASQueryParameters(
        {
          containerName: container,
          permissions: ContainerSASPermissions.parse(permissions),
          protocol: SASProtocol.HttpsAndHttp,
          startsOn,
          expiresOn: new Date(startsOn.getTime() + 3_600_000),
        },
        new StorageSharedKeyCredential(name, key),
      );
      return parameters.toString();
    },
  };
}
