import type * as Sdk from "@azure/storage-blob";
import { isFloeError, type PluginContext, retryAfterMs } from "@floe/core";
import { judgeRequest, SilenceLimit, UriWarehouse, withRetries } from "@floe/core/storage";
import { type RequestError, statusOf } from "./azure-error.ts";
import type { AzureConfig } from "./config.ts";
import { signIn } from "./sign-in.ts";

/** The container of the warehouse. Connects at first use. */
export class Container {
  readonly name: string;
  readonly warehouse: UriWarehouse;
  readonly config: AzureConfig;
  readonly context: PluginContext;
  readonly endpoint: string;
  #client: Promise<Sdk.ContainerClient> | undefined;

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
  async request<T>(
    send: (client: Sdk.ContainerClient, limit: SilenceLimit) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#repeatedly(async () => {
      using limit = new SilenceLimit(this.limitMs, signal);
      return await this.#within(limit, send);
    }, signal);
  }

  /** Sends a request for a body, again where that may help; the limit goes on while the body comes. */
  async open<T>(
    send: (client: Sdk.ContainerClient, limit: SilenceLimit) => Promise<T>,
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

  async #within<T>(
    limit: SilenceLimit,
    send: (client: Sdk.ContainerClient, limit: SilenceLimit) => Promise<T>,
  ): Promise<T> {
    try {
      limit.signal.throwIfAborted();
      return await send(await this.#connected(), limit);
    } catch (error) {
      throw limit.reasonOf(error);
    }
  }

  async #repeatedly<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return withRetries(
      attempt,
      (error) => {
        if (isFloeError(error)) return undefined;
        const asked = (error as RequestError).response?.headers?.get("retry-after");
        return judgeRequest(statusOf(error), error, retryAfterMs(asked));
      },
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

  async #connect(): Promise<Sdk.ContainerClient> {
    const sdk = await import("@azure/storage-blob");
    const service = await signIn(sdk, this.config, this.endpoint, this.context);
    return service.getContainerClient(this.name);
  }
}
