import type { CatalogConfig, ComputeConfig, DbtProfileOutput, JsonObject } from "@floe/core";
import { extensionsFor, type NameSecret, secretParameters } from "./catalog-attachment.ts";
import type { DuckDbConfig } from "./config.ts";
import { configuredPath } from "./database-file.ts";

/**
 * dbt-duckdb's output. Only its own keys: the adapter refuses others, so there is no limit on a statement's
 * time here. A relative path stays relative, since the file goes to other machines; floe and the
 * orchestrators start dbt in the product's folder.
 */
export function dbtProfile(
  config: DuckDbConfig,
  compute: ComputeConfig,
  nameSecret: NameSecret,
): DbtProfileOutput {
  const { catalog, schema, storageProfile = {} } = compute;
  const { extensions: storageExtensions, settings: storageSettings, ...storage } = storageProfile;
  const extensions = new Set([
    ...(Array.isArray(storageExtensions) ? (storageExtensions as string[]) : []),
    ...(catalog === undefined ? [] : extensionsFor(catalog)),
    ...config.extensions,
  ]);
  const settings: JsonObject = {
    ...(storageSettings as JsonObject | undefined),
    ...(config.memory_limit === undefined ? {} : { memory_limit: config.memory_limit }),
    ...config.settings,
  };
  const attach = [
    ...config.attach.map(attachment),
    ...(catalog === undefined ? [] : [catalogAttachment(catalog)]),
  ];
  const secret = catalog && secretParameters(catalog, nameSecret);
  return {
    ...storage,
    type: "duckdb",
    path: configuredPath(config, compute),
    ...(catalog === undefined ? {} : { database: catalog.name }),
    ...(schema === undefined ? {} : { schema }),
    threads: compute.threads ?? config.threads,
    // Between two commands of dbt the file belongs to whoever wants it.
    keep_open: false,
    ...(extensions.size === 0 ? {} : { extensions: [...extensions] }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(secret === undefined || catalog === undefined
      ? {}
      : { secrets: [{ ...secret, name: secretName(catalog) }] }),
    ...(attach.length === 0 ? {} : { attach }),
  };
}

function attachment({ path, alias, type, read_only }: DuckDbConfig["attach"][number]): JsonObject {
  return {
    path,
    ...(alias === undefined ? {} : { alias }),
    ...(type === undefined ? {} : { type }),
    read_only,
  };
}

function catalogAttachment(catalog: CatalogConfig): JsonObject {
  const { name, uri, warehouse, authorization } = catalog;
  const needsSecret = authorization.type !== "none";
  return {
    path: warehouse,
    alias: name,
    type: "iceberg",
    ...(needsSecret ? { secret: secretName(catalog) } : {}),
    options: {
      endpoint: uri,
      ...(authorization.type === "none" || authorization.type === "sigv4"
        ? { authorization_type: authorization.type }
        : {}),
    },
  };
}

function secretName({ name }: CatalogConfig): string {
  return `${name}_secret`;
}
