import type { JsonObject, PluginContext } from "@floe/core";
import { S3Storage } from "floe-storage-s3/s3-storage";
import type { MinioConfig } from "./config.ts";
import { standaloneObjects } from "./standalone.ts";

/** S3 at an address of one's own. */
export class MinioStorage extends S3Storage {
  readonly #config: MinioConfig;
  readonly #context: PluginContext;

  constructor(config: MinioConfig, context: PluginContext) {
    const { deployment: _, ...s3 } = config;
    super(s3, context);
    this.#config = config;
    this.#context = context;
  }

  /** Values of the chart in this package: a MinIO of one server. */
  override getHelmValuesOverride(): JsonObject {
    const { deployment } = this.#config;
    return deployment.enabled ? { objects: standaloneObjects(this.#config, this.#context) } : {};
  }
}
