import { join } from "node:path";
import {
  type CatalogConfig,
  catalogSecrets,
  type IngestionConfig,
  type IngestionResult,
  type IngestionRunner,
  type IngestionRunnerUse,
  type IngestionRunOptions,
  type JsonObject,
  type PluginContext,
  type PluginImplementation,
  type PythonWorker,
} from "@floe/core";
import { catalogDestination } from "./catalog-destination.ts";
import { runnerPackages } from "./runner-packages.ts";

/** What `createPipeline` gives: the sources and their destination, checked. */
interface DltPipeline {
  config: IngestionConfig;
}

export class DltIngestion implements PluginImplementation<"ingestion"> {
  readonly isExternal = false;
  readonly #context: PluginContext;
  #starting: Promise<PythonWorker> | undefined;

  constructor(context: PluginContext) {
    this.#context = context;
  }

  /** dlt imports itself while floe compiles. */
  async startup(): Promise<void> {
    await this.#worker();
  }

  async shutdown(): Promise<void> {
    const worker = await this.#starting;
    this.#starting = undefined;
    await worker?.close();
  }

  async createPipeline(config: IngestionConfig): Promise<DltPipeline> {
    const worker = await this.#worker();
    await worker.call("check", { config: await this.#told(config) });
    return { config };
  }

  async run(pipeline: unknown, options: IngestionRunOptions = {}): Promise<IngestionResult> {
    const { config } = pipeline as DltPipeline;
    const { sources, fullRefresh, runId, onProgress } = options;
    const worker = await this.#worker();
    return worker.call<IngestionResult>(
      "load",
      {
        config: await this.#told(config),
        ...(sources === undefined ? {} : { sources }),
        ...(fullRefresh === undefined ? {} : { full_refresh: fullRefresh }),
        ...(runId === undefined ? {} : { run_id: runId }),
      },
      {
        onProgress: (progress) => {
          const { source, rows } = progress as { source: string; rows: number };
          onProgress?.(source, rows);
        },
      },
    );
  }

  getDestinationConfig(catalogConfig: CatalogConfig): JsonObject {
    return catalogDestination(catalogConfig, this.#context.secrets);
  }

  getPythonRunner(use?: IngestionRunnerUse): IngestionRunner {
    return {
      module: "floe_ingestion_dlt",
      moduleDir: join(this.#context.plugin.packageDir, "python"),
      packages: runnerPackages(use),
    };
  }

  /** The configuration as the Python part takes it, which knows PyIceberg's properties and no secrets' places. */
  async #told(config: IngestionConfig): Promise<JsonObject> {
    const { catalog, ...others } = config;
    if (catalog === undefined) return others as unknown as JsonObject;
    const { secrets } = this.#context;
    const values = await Promise.all(
      catalogSecrets(catalog).map(async (reference) => [
        secrets.environmentVariable(reference),
        await secrets.resolve(reference),
      ]),
    );
    return {
      ...others,
      catalog: catalogDestination(catalog, secrets),
      env: { ...config.env, ...Object.fromEntries(values) },
    } as unknown as JsonObject;
  }

  #worker(): Promise<PythonWorker> {
    const python = join(this.#context.plugin.packageDir, "python");
    this.#starting ??= this.#context.python.startWorker({
      requirements: join(python, "requirements.txt"),
      moduleDir: python,
      module: "floe_ingestion_dlt.worker",
    });
    return this.#starting;
  }
}
