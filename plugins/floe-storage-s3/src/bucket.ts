import type * as Sdk from "@aws-sdk/client-s3";
import type { PluginContext } from "@floe/core";
import { limitTo, UriWarehouse } from "@floe/core/storage";
import { createAgents, readAuthority } from "@floe/object-storage";
import type { S3Config } from "./config.ts";
import { credentialsOf } from "./credentials.ts";

/** The SDK and a client of it. */
export interface OpenBucket {
  sdk: typeof Sdk;
  client: Sdk.S3Client;
}

/** Requests that are under way at a time. Downloads count until they begin: a reader may take its time. */
const REQUESTS = 64;

/** The bucket of the warehouse. Connects at first use. */
export class Bucket {
  readonly name: string;
  readonly warehouse: UriWarehouse;
  readonly config: S3Config;
  readonly context: PluginContext;
  readonly #inTurn = limitTo(REQUESTS);
  #open: Promise<OpenBucket> | undefined;
  #isThere: Promise<boolean> | undefined;

  constructor(config: S3Config, context: PluginContext) {
    const { bucket, prefix } = config;
    this.name = bucket;
    this.warehouse = new UriWarehouse([`s3://${bucket}`, `s3a://${bucket}`, `s3n://${bucket}`], prefix);
    this.config = config;
    this.context = context;
  }

  /** Where it is, for people. */
  get host(): string {
    const { endpoint } = this.config;
    return endpoint === undefined ? `S3 (bucket ${this.name})` : new URL(endpoint).host;
  }

  /**
   * Sends a request.
   *
   * @throws FloeError `CONFIG.UNREADABLE` for a file of certificates that can't be read; else what the SDK throws.
   */
  async ask<T>(request: (open: OpenBucket) => Promise<T>): Promise<T> {
    this.#open ??= this.#connect();
    // A failure isn't kept: the file may be there next time.
    this.#open.catch(() => {
      this.#open = undefined;
    });
    return request(await this.#open);
  }

  /**
   * Whether the bucket itself is there, asked once. S3 answers to HEAD without a body, so a missing object
   * looks as a missing bucket does. Where asking is forbidden, it is taken to be there.
   */
  async isThere(signal: AbortSignal): Promise<boolean> {
    this.#isThere ??= this.look(signal);
    this.#isThere.catch(() => {
      this.#isThere = undefined;
    });
    return this.#isThere;
  }

  close(): void {
    void this.#open?.then(({ client }) => client.destroy()).catch(() => {});
    this.#open = undefined;
  }

  /** As {@link isThere}, asked anew. */
  async look(signal: AbortSignal): Promise<boolean> {
    try {
      await this.ask(({ client, sdk }) =>
        client.send(new sdk.HeadBucketCommand({ Bucket: this.name }), { abortSignal: signal }),
      );
      return true;
    } catch (error) {
      const status = (error as Sdk.S3ServiceException).$metadata?.httpStatusCode;
      if (status === 404) return false;
      if (status === 403) return true;
      throw error;
    }
  }

  async #connect(): Promise<OpenBucket> {
    const { ca_file } = this.config;
    const ca = ca_file === undefined ? undefined : await readAuthority(ca_file, this.context);
    const [sdk, agents] = await Promise.all([import("@aws-sdk/client-s3"), createAgents({ ca })]);
    const { region, endpoint, path_style, profile, max_attempts } = this.config;
    const credentials = credentialsOf(this.config, this.context);
    const client = new sdk.S3Client({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(profile === undefined ? {} : { profile }),
      ...(max_attempts === undefined ? {} : { maxAttempts: max_attempts }),
      ...(credentials === undefined ? {} : { credentials }),
      forcePathStyle: path_style,
      // It would open a connection of its own for each part, and wait for an answer before it sends.
      expectContinueHeader: false,
      requestHandler: {
        connectionTimeout: this.config.connect_timeout_seconds * 1000,
        socketTimeout: this.config.read_timeout_seconds * 1000,
        httpAgent: agents.http,
        httpsAgent: agents.https,
      },
    });
    // After signing, as it is sent: one that waits to be repeated is in nobody's way.
    client.middlewareStack.add((next) => (args) => this.#inTurn(() => next(args)), {
      step: "deserialize",
      priority: "low",
    });
    if (!this.config.payload_signing) leavePartsUnsigned(client);
    return { sdk, client };
  }
}

/**
 * A part has a checksum. Hashing it for the signature as well takes longer than sending it, and AWS's other
 * SDKs leave that to TLS, too.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html `UNSIGNED-PAYLOAD`
 */
function leavePartsUnsigned(client: Sdk.S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        if (commandName === "UploadPartCommand" && "x-amz-checksum-crc32" in headers) {
          headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
        }
        return next(args);
      },
    // After the checksum, before the signature.
    { step: "build", priority: "low" },
  );
}
