import { mkdtemp, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
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

  /** Whether a file could be made now. Makes nothing that stays. */
  async healthCheck(): Promise<HealthStatus> {
    const { root } = this.#warehouse;
    const folder = await nearestFolder(root);
    try {
      // Trying is the only sure answer: permissions say nothing about root, a full disk or a read-only one.
      await rmdir(await mkdtemp(join(folder, ".floe-")));
      return { state: "healthy", message: "" };
    } catch (error) {
      const reason = `${folder} can't be written (${(error as NodeJS.ErrnoException).code})`;
      return { state: "unhealthy", message: `The warehouse ${root} can't be used: ${reason}.` };
    }
  }
}

/** The nearest folder or file at or above a path that is there. */
async function nearestFolder(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined || dirname(path) === path ? path : nearestFolder(dirname(path));
}
