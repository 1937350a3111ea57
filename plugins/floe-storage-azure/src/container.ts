import type * as Sdk from "@azure/storage-blob";
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
import { type RequestError, statusOf, unexpectedAnswer } from "./azure-error.ts";
import type { AzureConfig } from "./config.ts";
import { signIn } from "./sign-in.ts";

/** Requests that are under way at a time. Downloads count until they begin: a reader may take its time. */
const REQUESTS = 64;

/** Sends a request. Each answer of the Blob service names it. */
export type Send<T> = (client: Sdk.ContainerClient, limit: SilenceLimit) => Promise<T>;

/** The container of the warehouse. Connects at first use. */
export class Container {
  readonly name: string;
  readonly warehouse: UriWarehouse;
  readonly config: AzureConfig;
  readonly context: PluginContext;
  readonly endpoint: string;
  readonly #inTurn = limitTo(REQUESTS);
  #client: Promise<Sdk.ContainerClient> | undefined;
  #agents: Agents | undefined;

  constructor(config: AzureConfig, context: PluginContext) {
    const { account, container, prefix, endpoint_suffix: suffix } = config;
    this.name = container;
    // The two services give access to the same files.
    const roots = [
      ["abfss", "dfs"],
      ["abfs", "dfs"],
      ["wasbs", "blob"],
      ["wasb", "blob"],
    ].map(([scheme, service]) => `${scheme}://${container}@${account}.${service}.${suffix}`);
    this.warehouse = new UriWarehouse(roots as [string, ...string[]], prefix);
    this.config = config;
    this.context = context;
    this.endpoint = (config.endpoint ?? `https://${account}.blob.${suffix}`).replace(/\/+$/, "");
  }

  /** Where it is, for people. */
  get host(): string {
    return new URL(this.endpoint).host;
  }

  get limitMs(): number {
    return this.config.read_timeout_seconds * 1000;
  }

  /** Sends a request, again where that may help. */
  async request<T extends { requestId?: string }>(send: Send<T>, signal: AbortSignal): Promise<T> {
    return this.#repeatedly(async () => {
      using limit = new SilenceLimit(this.limitMs, signal);
      return await this.#within(limit, send);
    }, signal);
  }

  /** Sends a request for a body, again where that may help; the limit goes on while the body comes. */
  async open<T extends { requestId?: string }>(
    send: Send<T>,
    signal: AbortSignal,
  ): Promise<{ answer: T; limit: SilenceLimit }> {
    return this.#repeatedly(async () => {
      const limit = new SilenceLimit(this.limitMs, signal);
      try {
        return { answer: await this.#within(limit, send), limit };
      } catch (error) {
        limit[Symbol.dispose]();
        throw error;
      }
    }, signal);
  }

  /** Whether trying again can help. */
  judge(error: unknown): Retry | undefined {
    if (isFloeError(error)) return undefined;
    return judgeRequest(statusOf(error), error, {
      attempts: this.config.max_attempts,
      afterMs: retryAfterMs((error as RequestError).response?.headers?.get("retry-after")),
    });
  }

  async #within<T extends { requestId?: string }>(limit: SilenceLimit, send: Send<T>): Promise<T> {
    try {
      limit.signal.throwIfAborted();
      const answer = await send(await this.#connected(), limit);
      if (answer.requestId !== undefined) return answer;
    } catch (error) {
      throw limit.reasonOf(error);
    }
    throw unexpectedAnswer(this, "It gave the request no number.");
  }

  async #repeatedly<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return withRetries(
      () => this.#inTurn(attempt),
      (error) => this.judge(error),
      signal,
    );
  }

  async #connected(): Promise<Sdk.ContainerClient> {
    this.#client ??= this.#connect();
    return this.#client.catch((error: unknown) => {
      // The secret may be there next time.
      this.#client = undefined;
      throw error;
    });
  }

  close(): void {
    this.#client = undefined;
    this.#agents?.destroy();
  }

  async #connect(): Promise<Sdk.ContainerClient> {
    const { ca_file } = this.config;
    const ca = ca_file === undefined ? undefined : await readAuthority(ca_file, this.context);
    const sdk = await import("@azure/storage-blob");
    const agents = await createAgents({ ca });
    const agent = this.endpoint.startsWith("https:") ? agents.https : agents.http;
    // The SDK finds a proxy by itself, unless it is told how to connect.
    const connecting = ca === undefined && isProxied(this.endpoint) ? {} : { agent };
    const service = await signIn(sdk, this.config, this.endpoint, this.context, connecting);
    this.#agents = agents;
    return service.getContainerClient(this.name);
  }
}
