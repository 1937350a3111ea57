import { relative } from "node:path";
import type {
  CatalogConfig,
  ComputeConfig,
  DbtProfileOutput,
  JsonObject,
  JsonValue,
  SecretReference,
} from "@floe/core";
import type { AttachOptions } from "./attach-options.ts";
import { type CatalogAttachment, type CatalogSecret, catalogAttachment } from "./catalog-attachment.ts";
import type { DuckDbConfig } from "./config.ts";
import { configuredPath, isWithin, localFolder, productSlug } from "./database-file.ts";
import { dividedSettings } from "./settings.ts";
import { environmentReference } from "./sql-text.ts";

/** Gives the environment variable behind a secret. */
export type NameSecret = (reference: SecretReference) => string;

/**
 * dbt-duckdb's output. A relative path stays relative, since the file goes to other machines; floe and the
 * orchestrators start dbt in the product's folder.
 *
 * `timeout_seconds` stands there as the Python floe has it; the adapter takes the key and does nothing by it.
 */
export function dbtProfile(
  config: DuckDbConfig,
  compute: ComputeConfig,
  nameSecret: NameSecret,
): DbtProfileOutput {
  const { catalog, storageProfile = {} } = compute;
  // DuckDB takes `main` for the catalog's default namespace, which has no name. And a catalog is shared.
  const schema = compute.schema ?? (catalog && productSlug(compute.productName));
  const { config_options, extensions, settings, secrets, attach, ...storage } = storageProfile;
  const { atOpen, afterwards } = dividedSettings(config);
  const attachment = catalog && catalogAttachment(catalog, config.catalog_options);
  const all = {
    config_options: { ...(config_options as JsonObject | undefined), ...atOpen },
    extensions: [
      ...new Set([...listOf(extensions), ...(attachment?.extensions ?? []), ...config.extensions]),
    ],
    settings: { ...(settings as JsonObject | undefined), ...afterwards },
    secrets: [
      ...listOf(secrets),
      ...(attachment?.secret === undefined ? [] : [profileSecret(attachment.secret, nameSecret)]),
    ],
    attach: [
      ...listOf(attach),
      ...config.attach.map(profileDatabase),
      ...(catalog && attachment ? [profileCatalog(catalog, attachment)] : []),
    ],
  };
  return {
    ...storage,
    ...externalRoot(compute),
    type: "duckdb",
    path: configuredPath(config, compute),
    ...(catalog === undefined ? {} : { database: catalog.name }),
    ...(schema === undefined ? {} : { schema }),
    threads: compute.threads ?? config.threads,
    timeout_seconds: compute.timeoutSeconds ?? config.timeout_seconds,
    // Between two commands of dbt the file belongs to whoever wants it.
    keep_open: false,
    ...Object.fromEntries(Object.entries(all).filter(([, part]) => Object.keys(part).length > 0)),
  };
}

/**
 * Where models that are materialized as `external` write their files. In a catalog nothing is written beside it.
 * A folder of the product's own is named from there, since the profile goes to other machines.
 */
function externalRoot({ catalog, warehouseUri, projectDir }: ComputeConfig): JsonObject {
  if (catalog !== undefined || warehouseUri === undefined) return {};
  const folder = localFolder(warehouseUri);
  if (folder !== undefined) {
    return { external_root: isWithin(projectDir, folder) ? relative(projectDir, folder) : folder };
  }
  // The form of which DuckDB also asks another address than Azure's own.
  const azure = /^abfss?:\/\/([^@/]+)@[^/]+(.*)$/.exec(warehouseUri);
  return { external_root: azure === null ? warehouseUri : `az://${azure[1]}${azure[2]}` };
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function profileSecret({ parameters, ...head }: CatalogSecret, nameSecret: NameSecret): JsonObject {
  const values = Object.entries(parameters).map(([key, value]) => [
    key,
    typeof value === "string"
      ? value
      : "map" in value
        ? { ...value.map }
        : environmentReference(nameSecret(value)),
  ]);
  return { ...head, ...Object.fromEntries(values) };
}

function profileDatabase(database: DuckDbConfig["attach"][number]): JsonObject {
  const { path, alias, type, read_only, options } = database;
  return {
    path,
    ...(alias === undefined ? {} : { alias }),
    ...(type === undefined ? {} : { type }),
    read_only,
    ...(options === undefined ? {} : { options: profileOptions(options) }),
  };
}

function profileCatalog({ name, warehouse }: CatalogConfig, attachment: CatalogAttachment): JsonObject {
  const { secret, options } = attachment;
  return {
    path: warehouse,
    alias: name,
    type: "iceberg",
    ...(secret === undefined ? {} : { secret: secret.name }),
    options: profileOptions(options),
  };
}

/** dbt-duckdb leaves out what is false, and DuckDB's default may be true. */
function profileOptions(options: AttachOptions): JsonObject {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, value === false ? "false" : value]),
  );
}
