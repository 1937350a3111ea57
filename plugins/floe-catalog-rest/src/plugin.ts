import {
  type Catalog,
  type CatalogConfig,
  FloeError,
  type HealthStatus,
  isFloeError,
  type JsonObject,
  type PluginContext,
  type PluginImplementation,
  type TableOperation,
  type VendedCredentials,
} from "@floe/core";
import type { z } from "zod";
import { authorizerFor, catalogAuthorization } from "./authorization/authorizer-for.ts";
import { createCatalog } from "./catalog.ts";
import type { RestCatalogConfig } from "./config.ts";
import { vendedCredentials } from "./credentials.ts";
import { HttpClient } from "./http-client.ts";
import { createNamespace } from "./namespaces.ts";
import { Session } from "./session.ts";
import { loadTable } from "./tables.ts";

/** Whoever waits for a first answer wants to know soon. */
const CONNECT_LIMIT_MS = 8_000;
/** The host gives a look at its health five seconds. */
const HEALTH_LIMIT_MS = 4_500;

/** @see https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml */
export class RestCatalogPlugin implements PluginImplementation<"catalog"> {
  readonly #config: RestCatalogConfig;
  readonly #context: PluginContext;
  readonly #schema: z.ZodType<RestCatalogConfig>;
  readonly #catalogConfig: CatalogConfig;
  /** To the catalog, with its authorization: what builds on this plugin speaks to the same server. */
  protected readonly client: HttpClient;
  readonly #readClient: HttpClient;
  /** The last session of each client. */
  readonly #sessions = new Map<HttpClient, Promise<Session>>();

  /** @param schema What a config with overrides must still fit. */
  constructor(config: RestCatalogConfig, context: PluginContext, schema: z.ZodType<RestCatalogConfig>) {
    this.#config = config;
    this.#context = context;
    this.#schema = schema;
    this.#catalogConfig = toCatalogConfig(config, context);
    this.client = clientFor(config, context);
    const { authorization } = config;
    const scope = authorization.type === "oauth2" ? authorization.read_scope : undefined;
    this.#readClient = scope === undefined ? this.client : clientFor(config, context, scope);
  }

  async connect(overrides?: JsonObject): Promise<Catalog> {
    if (overrides === undefined || Object.keys(overrides).length === 0) {
      this.#sessions.clear();
      return createCatalog(this.#config.name, await this.#session());
    }
    const { success, data, error } = this.#schema.safeParse({ ...this.#config, ...overrides });
    if (!success) {
      const [issue] = error.issues;
      throw new FloeError("PLUGIN.INVALID_CONFIG", "The catalog can't be connected to with this config.", {
        why: issue && `${issue.path.join(".")}: ${issue.message}`,
        next: ["Correct it."],
      });
    }
    return createCatalog(data.name, await this.#open(clientFor(data, this.#context), data));
  }

  async createNamespace(namespace: string, properties: Readonly<Record<string, string>> = {}): Promise<void> {
    await createNamespace(await this.#session(), namespace, properties);
  }

  async vendCredentials(
    tablePath: string,
    operations: readonly TableOperation[],
  ): Promise<VendedCredentials> {
    const reads = operations.every((operation) => operation === "read");
    const session = await this.#session(reads ? this.#readClient : this.client);
    const loaded = await loadTable(session, tablePath, {
      "x-iceberg-access-delegation": "vended-credentials",
    });
    return vendedCredentials(tablePath, loaded, session.properties);
  }

  getCatalogConfig(): CatalogConfig {
    return structuredClone(this.#catalogConfig);
  }

  async healthCheck(): Promise<HealthStatus> {
    try {
      await this.#open(this.client, this.#config, HEALTH_LIMIT_MS);
      return { state: "healthy", message: "" };
    } catch (error) {
      if (!isFloeError(error)) throw error;
      return { state: "unhealthy", message: [error.summary, error.why].filter(Boolean).join(" ") };
    }
  }

  /** A client's session, opened at its first use. One that couldn't be isn't kept. */
  #session(client: HttpClient = this.client): Promise<Session> {
    const known = this.#sessions.get(client);
    if (known !== undefined) return known;
    const session = this.#open(client);
    this.#sessions.set(client, session);
    session.catch(() => {
      if (this.#sessions.get(client) === session) this.#sessions.delete(client);
    });
    return session;
  }

  #open(
    client: HttpClient,
    { warehouse, properties, timeout_seconds }: RestCatalogConfig = this.#config,
    limitMs: number = Math.min(CONNECT_LIMIT_MS, timeout_seconds * 1000),
  ): Promise<Session> {
    return Session.open({ client, warehouse, properties, limitMs });
  }
}

function clientFor(config: RestCatalogConfig, context: PluginContext, scope?: string): HttpClient {
  const { uri, authorization, headers, timeout_seconds } = config;
  const timeoutMs = timeout_seconds * 1000;
  const authorizer = authorizerFor({ uri, authorization, headers, timeoutMs, scope }, context);
  return new HttpClient({ baseUrl: uri, headers, timeoutMs, authorizer, context });
}

function toCatalogConfig(config: RestCatalogConfig, context: PluginContext): CatalogConfig {
  const { name, uri, warehouse, authorization, properties, headers } = config;
  const { audience, resource } = { audience: undefined, resource: undefined, ...authorization };
  const further = {
    ...properties,
    // By the name that Iceberg's clients have for it.
    ...Object.fromEntries(Object.entries(headers).map(([key, value]) => [`header.${key}`, value])),
    ...(audience === undefined ? {} : { audience }),
    ...(resource === undefined ? {} : { resource }),
  };
  return {
    name,
    uri,
    warehouse,
    authorization: catalogAuthorization(authorization, context.connectionSecret),
    ...(Object.keys(further).length === 0 ? {} : { properties: further }),
  };
}
