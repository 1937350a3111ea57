import { FloeError, type PluginContext } from "@floe/core";
import { RestCatalogPlugin } from "floe-catalog-rest/rest-catalog";
import { configSchema, managementUri, type PolarisConfig, toRestConfig } from "./config.ts";
import { PolarisManagement } from "./management/index.ts";

/** A REST catalog whose realm goes with every request, and whose server is managed over an API of its own. */
export class PolarisCatalogPlugin extends RestCatalogPlugin {
  readonly #managementUri: string | undefined;

  constructor(config: PolarisConfig, context: PluginContext) {
    super(toRestConfig(config), context, configSchema.transform(toRestConfig));
    this.#managementUri = managementUri(config);
  }

  /**
   * Catalogs, principals, roles and grants of the server, as whoever the config says.
   *
   * @throws FloeError `PLUGIN.INVALID_CONFIG` where its address isn't known.
   */
  get management(): PolarisManagement {
    if (this.#managementUri !== undefined) return new PolarisManagement(this.client.at(this.#managementUri));
    throw new FloeError("PLUGIN.INVALID_CONFIG", "The address of Polaris' management API isn't known.", {
      why: "It is beside api/catalog, in which uri doesn't end.",
      next: ["Set plugins.catalog.config.management_uri."],
    });
  }
}
