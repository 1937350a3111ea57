import type { FileIO, HealthStatus, JsonObject, PluginContext, PluginImplementation } from "@floe/core";
import { Bucket } from "./bucket.ts";
import type { S3Config } from "./config.ts";
import { namedKey } from "./credentials.ts";
import { dbtProfile } from "./dbt-profile.ts";
import { S3FileIO } from "./file-io.ts";
import { pyicebergProperties, pyicebergSecrets } from "./pyiceberg.ts";
import { s3Error } from "./s3-error.ts";

export { configShape, type S3Config, WHOLE_KEY, wholeKey } from "./config.ts";
export { type KeyReferences, namedKey } from "./credentials.ts";

/** Storage in one bucket of S3, or of a server that speaks S3. */
export class S3Storage implements PluginImplementation<"storage"> {
  readonly config: S3Config;
  readonly #context: PluginContext;
  readonly #bucket: Bucket;

  constructor(config: S3Config, context: PluginContext) {
    this.config = config;
    this.#context = context;
    this.#bucket = new Bucket(config, context);
  }

  /** Nothing: the client is made at first use. */
  async startup(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#bucket.close();
  }

  getFileIO(): FileIO {
    return new S3FileIO(this.#bucket);
  }

  getPyicebergProperties(): Record<string, string> {
    return pyicebergProperties(this.config);
  }

  getPyicebergSecrets(): Record<string, string> {
    const { secrets } = this.#context;
    return pyicebergSecrets(namedKey(this.config, this.#context), (reference) =>
      secrets.environmentVariable(reference),
    );
  }

  getWarehouseUri(namespace: string): string {
    return this.#bucket.warehouse.uriOf(namespace);
  }

  getDbtProfileConfig(): JsonObject {
    return dbtProfile(this.config, namedKey(this.config, this.#context), (reference) =>
      this.#context.secrets.environmentVariable(reference),
    );
  }

  /** For dagster-aws' `s3_pickle_io_manager` and those after its pattern. */
  getDagsterIoManagerConfig(): JsonObject {
    const { bucket, prefix } = this.config;
    return { s3_bucket: bucket, s3_prefix: prefix === "" ? "dagster" : `${prefix}/dagster` };
  }

  /** Nothing: S3 is there already. */
  getHelmValuesOverride(): JsonObject {
    return {};
  }

  /** Whether the bucket can be asked with the credentials that there are. */
  async healthCheck(): Promise<HealthStatus> {
    const location = this.getWarehouseUri("");
    try {
      const { signal } = this.#context;
      if (await this.#bucket.look(signal)) return { state: "healthy", message: "" };
      return {
        state: "unhealthy",
        message: `There is no bucket ${this.config.bucket} at ${this.#bucket.host}.`,
      };
    } catch (error) {
      const { summary, why } = s3Error(error, this.#bucket, { location, doing: "looked at" });
      return { state: "unhealthy", message: [summary, why].filter(Boolean).join(" ") };
    }
  }
}
