import { access, constants, mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { FileIO, HealthStatus, JsonObject, PluginContext, PluginImplementation } from "@floe/core";
import type { LocalConfig } from "./config.ts";
import { LocalFileIO } from "./file-io.ts";
import { Warehouse } from "./warehouse.ts";

/** Storage below one folder of this machine. */
export class LocalStorage implements PluginImplementation<"storage"> {
  readonly #warehouse: Warehouse;
  readonly #context: PluginContext;

  constructor({ path }: LocalConfig, context: PluginContext) {
    this.#warehouse = new Warehouse(resolve(context.paths.projectDir, path));
    this.#context = context;
  }

  getFileIO(): FileIO {
    return new LocalFileIO(this.#warehouse, () => this.#context.signal);
  }

  getPyicebergProperties(): Record<string, string> {
    // PyIceberg's own way to local files; it takes locations with and without a scheme.
    return { "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO" };
  }

  getWarehouseUri(namespace: string): string {
    return this.#warehouse.uriOf(namespace);
  }

  /** Nothing: an engine on this machine reads local files without being told how. */
  getDbtProfileConfig(): JsonObject {
    return {};
  }

  getDagsterIoManagerConfig(): JsonObject {
    return { base_dir: this.#warehouse.root };
  }

  getHelmValuesOverride(): JsonObject {
    return {};
  }

  async healthCheck(): Promise<HealthStatus> {
    const { root } = this.#warehouse;
    try {
      await mkdir(root, { recursive: true });
      await access(root, constants.R_OK | constants.W_OK);
      return { state: "healthy", message: "" };
    } catch (error) {
      return { state: "unhealthy", message: `${root} can't be written: ${(error as Error).message}` };
    }
  }
}
