import type { FileIO, HealthStatus, JsonObject, PluginContext, PluginImplementation } from "@floe/core";
import { Bucket } from "./bucket.ts";
import type { GcsConfig } from "./config.ts";
import { dbtProfile } from "./dbt-profile.ts";
import { GcsFileIO } from "./file-io.ts";
import { gcsError } from "./gcs-error.ts";
import { pyicebergProperties, pyicebergSecrets } from "./pyiceberg.ts";

/** Within what the host allows a look at health. */
const HEALTH_MS = 4500;

/** Storage in one bucket of Google Cloud Storage. */
export class GcsStorage implements PluginImplementation<"storage"> {
  readonly #bucket: Bucket;
  readonly #config: GcsConfig;
  readonly #context: PluginContext;

  constructor(config: GcsConfig, context: PluginContext) {
    this.#bucket = new Bucket(config, context);
    this.#config = config;
    this.#context = context;
  }

  /** Nothing: the client is made at first use. */
  async startup(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#bucket.close();
  }

  getFileIO(): FileIO {
    return new GcsFileIO(this.#bucket);
  }

  getPyicebergProperties(): Record<string, string> {
    return pyicebergProperties(this.#config);
  }

  getPyicebergSecrets(): Record<string, string> {
    return pyicebergSecrets(this.#config, (reference) =>
      this.#context.secrets.environmentVariable(reference),
    );
  }

  getWarehouseUri(namespace: string): string {
    return this.#bucket.warehouse.uriOf(namespace);
  }

  getDbtProfileConfig(): JsonObject {
    return dbtProfile(this.#config, (reference) => this.#context.secrets.environmentVariable(reference));
  }

  /** As dagster-gcp's `GCSPickleIOManager` takes them. */
  getDagsterIoManagerConfig(): JsonObject {
    const { bucket, prefix } = this.#config;
    return { gcs_bucket: bucket, gcs_prefix: prefix === "" ? "dagster" : `${prefix}/dagster` };
  }

  getHelmValuesOverride(): JsonObject {
    return {};
  }

  /** Whether the bucket answers to this credential. */
  async healthCheck(): Promise<HealthStatus> {
    const signal = AbortSignal.any([this.#context.signal, AbortSignal.timeout(HEALTH_MS)]);
    try {
      return (await this.#bucket.isThere(signal))
        ? { state: "healthy", message: "" }
        : unhealthy(`There is no bucket ${this.#bucket.name} at ${this.#bucket.host}.`);
    } catch (error) {
      this.#context.signal.throwIfAborted();
      const location = this.#bucket.warehouse.uri;
      return unhealthy(gcsError(error, this.#bucket, { location, doing: "looked at" }).summary);
    }
  }
}

const unhealthy = (message: string): HealthStatus => ({ state: "unhealthy", message });
