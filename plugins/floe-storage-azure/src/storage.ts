import type { FileIO, HealthStatus, JsonObject, PluginContext, PluginImplementation } from "@floe/core";
import { azureError } from "./azure-error.ts";
import type { AzureConfig } from "./config.ts";
import { Container } from "./container.ts";
import { dbtProfile } from "./dbt-profile.ts";
import { AzureFileIO } from "./file-io.ts";
import { pyicebergProperties, pyicebergSecrets } from "./pyiceberg.ts";

/** Within what the host allows a look at health. */
const HEALTH_MS = 4500;

/** Storage in one container of an Azure storage account. */
export class AzureStorage implements PluginImplementation<"storage"> {
  readonly #container: Container;
  readonly #config: AzureConfig;
  readonly #context: PluginContext;

  constructor(config: AzureConfig, context: PluginContext) {
    this.#container = new Container(config, context);
    this.#config = config;
    this.#context = context;
  }

  /** Nothing: the client is made at first use. */
  async startup(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#container.close();
  }

  getFileIO(): FileIO {
    return new AzureFileIO(this.#container);
  }

  getPyicebergProperties(): Record<string, string> {
    return pyicebergProperties(this.#config);
  }

  getPyicebergSecrets(): Record<string, string> {
    const { connectionSecret, secrets } = this.#context;
    return pyicebergSecrets(this.#config, connectionSecret, (reference) =>
      secrets.environmentVariable(reference),
    );
  }

  getWarehouseUri(namespace: string): string {
    return this.#container.warehouse.uriOf(namespace);
  }

  getDbtProfileConfig(): JsonObject {
    const { connectionSecret, secrets } = this.#context;
    return dbtProfile(this.#config, connectionSecret, (reference) => secrets.environmentVariable(reference));
  }

  /** As dagster-azure's `ADLS2PickleIOManager` takes them; the account is its `ADLS2Resource`'s. */
  getDagsterIoManagerConfig(): JsonObject {
    const { container, prefix } = this.#config;
    return {
      adls2_file_system: container,
      adls2_prefix: prefix === "" ? "dagster" : `${prefix}/dagster`,
    };
  }

  getHelmValuesOverride(): JsonObject {
    return {};
  }

  /** Whether the container answers to this credential. */
  async healthCheck(): Promise<HealthStatus> {
    const signal = AbortSignal.any([this.#context.signal, AbortSignal.timeout(HEALTH_MS)]);
    const location = this.#container.warehouse.uri;
    try {
      await this.#container.request(async (client, { signal: abortSignal }) => {
        const { value } = await client.listBlobsFlat({ abortSignal }).byPage({ maxPageSize: 1 }).next();
        return value as { requestId?: string };
      }, signal);
      return { state: "healthy", message: "" };
    } catch (error) {
      this.#context.signal.throwIfAborted();
      const { summary } = azureError(error, this.#container, { location, doing: "looked at" });
      return { state: "unhealthy", message: summary };
    }
  }
}
