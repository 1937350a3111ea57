import { Readable } from "node:stream";
import { isFloeError, type PluginContext, retryAfterMs } from "@floe/core";
import {
  judgeRequest,
  limitTo,
  type Retry,
  SilenceLimit,
  UriWarehouse,
  withRetries,
} from "@floe/core/storage";
import { type Agents, createAgents, isProxied, readAuthority } from "@floe/object-storage";
import type { AuthClient, gaxios } from "google-auth-library";
import type { GcsConfig } from "./config.ts";
import { type RequestError, unexpectedAnswer } from "./gcs-error.ts";
import { signIn } from "./sign-in.ts";

/** Requests that are under way at a time. Downloads count until they begin: a reader may take its time. */
const REQUESTS = 64;
/** An error isn't a gigabyte, whatever a server sends. */
const CHUNKS_OF_WORDS = 16;
const DEFAULT_ENDPOINT = "https://storage.googleapis.com";

export interface GcsRequest {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the endpoint, or a whole URL, as that of an upload is. */
  url: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: readonly Uint8Array[];
  /** Statuses that are answers and no failures, beside those of success. */
  accept?: readonly number[];
}

export interface GcsAnswer<T> {
  status: number;
  headers: Headers;
  data: T;
}

interface Connection {
  client: AuthClient;
  agents: Agents | undefined;
}

/** The bucket of the warehouse, by the JSON API. Connects at first use. */
export class Bucket {
  readonly name: string;
  readonly warehouse: UriWarehouse;
  readonly config: GcsConfig;
  readonly context: PluginContext;
  readonly endpoint: string;
  readonly #inTurn = limitTo(REQUESTS);
  #client: Promise<Connection> | undefined;
  #isThere: Promise<boolean> | undefined;

  constructor(config: GcsConfig, context: PluginContext) {
    const { bucket, prefix, endpoint = DEFAULT_ENDPOINT } = config;
    this.name = bucket;
    this.warehouse = new UriWarehouse([`gs://${bucket}`, `gcs://${bucket}`], prefix);
    this.config = config;
    this.context = context;
    this.endpoint = endpoint.replace(/\/+$/, "");
  }

  /** Where it is, for people. */
  get host(): string {
    return new URL(this.endpoint).host;
  }

  get limitMs(): number {
    return this.config.read_timeout_seconds * 1000;
  }

  /** The path of an object. */
  objectPath(key: string): string {
    return `/storage/v1/b/${this.name}/o/${encodeURIComponent(key)}`;
  }

  /** Sends a request, again where that may help, and gives the whole answer. */
  async request<T>(request: GcsRequest, signal: AbortSignal): Promise<GcsAnswer<T>> {
    return this.#repeatedly(() => this.attempt(request, signal), signal);
  }

  /** Sends a request once. */
  async attempt<T>(request: GcsRequest, signal: AbortSignal): Promise<GcsAnswer<T>> {
    return this.#inTurn(async () => {
      using limit = new SilenceLimit(this.limitMs, signal);
      const { status, headers, data } = await this.#send<T>(request, "json", limit);
      return { status, headers, data };
    });
  }

  /** Sends a request, again where that may help, and gives the answer as soon as its head is there. */
  async open(request: GcsRequest, signal: AbortSignal): Promise<GcsAnswer<AsyncGenerator<Uint8Array, void>>> {
    return this.#repeatedly(
      () =>
        this.#inTurn(async () => {
          const limit = new SilenceLimit(this.limitMs, signal);
          try {
            const { status, headers, data } = await this.#send<Readable>(request, "stream", limit);
            if (status >= 300) throw await refusal(status, headers, limit.during(data));
            return { status, headers, data: limit.during(data) };
          } catch (error) {
            limit[Symbol.dispose]();
            throw error;
          }
        }),
      signal,
    );
  }

  /**
   * Whether the bucket itself is there, asked once: some servers answer for a missing object as for a missing
   * bucket. Where asking is forbidden, it is taken to be there.
   */
  async isThere(signal: AbortSignal): Promise<boolean> {
    this.#isThere ??= this.#ask(signal);
    const asked = this.#isThere;
    const there = await asked.catch((error: unknown) => {
      this.#isThere = undefined;
      throw error;
    });
    // It may be made meanwhile.
    if (!there) this.#isThere = undefined;
    return there;
  }

  async #ask(signal: AbortSignal): Promise<boolean> {
    const { prefix } = this.config;
    const query = { maxResults: "1", fields: "kind", ...(prefix === "" ? {} : { prefix: `${prefix}/` }) };
    const url = `/storage/v1/b/${this.name}/o`;
    const { status, data } = await this.request<{ kind?: string }>(
      { url, query, accept: [403, 404] },
      signal,
    );
    if (status === 200 && data.kind !== "storage#objects")
      throw unexpectedAnswer(this, "It lists no objects.");
    return status !== 404;
  }

  /** Whether trying again can help. */
  judge(error: unknown): Retry | undefined {
    if (isFloeError(error)) return undefined;
    const { response } = error as RequestError;
    return judgeRequest(response?.status, error, {
      attempts: this.config.max_attempts,
      afterMs: retryAfterMs(response?.headers.get("retry-after")),
    });
  }

  async #repeatedly<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return withRetries(attempt, (error) => this.judge(error), signal);
  }

  async #send<T>(
    { method = "GET", url, query, headers, body, accept = [] }: GcsRequest,
    responseType: "json" | "stream",
    limit: SilenceLimit,
  ): Promise<gaxios.GaxiosResponse<T>> {
    const { user_project: userProject } = this.config;
    const sending = async (): Promise<gaxios.GaxiosResponse<T>> => {
      const { client, agents } = await this.#connected();
      return client.request<T>({
        method,
        ...(agents === undefined
          ? {}
          : { agent: ({ protocol }) => agents[protocol === "https:" ? "https" : "http"] }),
        url: url.startsWith("/") ? this.endpoint + url : url,
        params: { ...query, ...(userProject === undefined ? {} : { userProject }) },
        headers: {
          // The stored bytes are what was asked for: what is stored compressed is left so.
          "accept-encoding": "gzip",
          ...headers,
          ...(body === undefined ? {} : { "content-length": String(sizeOf(body)) }),
        },
        ...({ compress: false } as object),
        ...(body === undefined ? {} : { data: Readable.from(limit.sending(body), { objectMode: false }) }),
        responseType,
        signal: limit.signal,
        validateStatus: (status) =>
          responseType === "stream" || (status >= 200 && status < 300) || accept.includes(status),
      });
    };
    try {
      return await untilAborted(sending(), limit.signal);
    } catch (error) {
      throw limit.reasonOf(error);
    }
  }

  close(): void {
    void this.#client?.then(({ agents }) => agents?.destroy()).catch(() => {});
    this.#client = undefined;
  }

  async #connected(): Promise<Connection> {
    this.#client ??= this.#connect();
    return this.#client.catch((error: unknown) => {
      // The file or the secret may be there next time.
      this.#client = undefined;
      throw error;
    });
  }

  async #connect(): Promise<Connection> {
    const { ca_file } = this.config;
    const ca = ca_file === undefined ? undefined : await readAuthority(ca_file, this.context);
    const client = await signIn(this.config, this.context);
    // Google's client finds a proxy by itself, unless it is told how to connect.
    const agents = ca === undefined && isProxied(this.endpoint) ? undefined : await createAgents({ ca });
    return { client, agents };
  }
}

/** An error with the words of an answer that was to be a stream: Google's client would lose them. */
async function refusal(
  status: number,
  headers: Headers,
  body: AsyncGenerator<Uint8Array, void>,
): Promise<RequestError> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
    if (chunks.length >= CHUNKS_OF_WORDS) break;
  }
  const data = Buffer.concat(chunks).toString("utf8");
  return Object.assign(new Error(`the answer was ${status}`), { response: { status, headers, data } });
}

/** Signing in and fetching tokens ask servers of their own, and those requests don't know of the signal. */
async function untilAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  task.catch(() => {});
  promise.catch(() => {});
  try {
    signal.throwIfAborted();
    return await Promise.race([task, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

const sizeOf = (body: readonly Uint8Array[]): number => body.reduce((sum, { length }) => sum + length, 0);
