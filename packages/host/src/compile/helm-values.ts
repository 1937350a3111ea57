import type { JsonObject } from "@floe/core";
import { GENERATED } from "@floe/core/contracts";
import { stringify } from "yaml";
import type { Product } from "../project/product.ts";

/** Where the values of charts go, a file for each, relative to the product's folder. */
export const HELM_DIR = "deploy/helm";

/**
 * Values for the charts of the platform's own services, as its plugins have them: orchestrator, storage, lineage
 * and telemetry backend. A service outside of the cluster has none, and no file.
 */
export function helmValues({ plugins, project }: Pick<Product, "plugins" | "project">): Map<string, string> {
  const given: ([what: string, name: string, values: JsonObject] | undefined)[] = [
    valuesOf("orchestrator", plugins.get("orchestrator"), (plugin) => plugin.getHelmValues()),
    valuesOf("storage", plugins.get("storage"), (plugin) => plugin.getHelmValuesOverride()),
    valuesOf("lineage backend", plugins.get("lineage_backend"), (plugin) => plugin.getHelmValues()),
    valuesOf("telemetry backend", plugins.get("telemetry_backend"), (plugin) => plugin.getHelmValues()),
  ];
  const found = given.filter((one) => one !== undefined);
  return new Map(
    found.map(([what, name, values]) => {
      // Two services of one vendor have charts of their own.
      const twice = found.filter(([, other]) => other === name).length > 1;
      const file = `${HELM_DIR}/${twice ? `${what.replace(" ", "-")}-` : ""}${name}.yaml`;
      const head = `${GENERATED}\n# Values for the chart of the ${what} ${name}, environment ${project.environment}.\n`;
      return [file, `${head}${stringify(values, { aliasDuplicateObjects: false, lineWidth: 0 })}`];
    }),
  );
}

function valuesOf<P extends { name: string }>(
  what: string,
  plugin: P | undefined,
  read: (plugin: P) => JsonObject,
): [what: string, name: string, values: JsonObject] | undefined {
  const values = plugin === undefined ? {} : read(plugin);
  return plugin === undefined || Object.keys(values).length === 0 ? undefined : [what, plugin.name, values];
}
