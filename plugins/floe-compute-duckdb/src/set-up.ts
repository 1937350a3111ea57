import type { DuckDBConnection } from "@duckdb/node-api";
import type { CatalogConfig, SecretReference } from "@floe/core";
import { attachSql, catalogAttachment, createSecretSql, optionsSql } from "./catalog-attachment.ts";
import type { DuckDbConfig } from "./config.ts";
import { catalogError, setUpError } from "./duckdb-error.ts";
import { loadExtension } from "./load-extension.ts";
import { dividedSettings } from "./settings.ts";
import { identifier, literal } from "./sql-text.ts";

/** Gives the value of a secret. */
export type ResolveSecret = (reference: SecretReference) => Promise<string>;

/**
 * Brings a new connection to what the configuration says: settings, extensions, attached databases.
 * Another connection of the same process may have done so before; then nothing changes.
 *
 * @throws FloeError `CONNECTION.FAILED`.
 */
export async function setUp(
  connection: DuckDBConnection,
  config: DuckDbConfig,
  readOnly: boolean,
): Promise<void> {
  const { extensions, settings, attach } = config;
  for (const [name, value] of Object.entries(dividedSettings(config).afterwards)) {
    await connection.run(`SET ${name} = ${literal(String(value))}`).catch((error: unknown) => {
      throw setUpError(error, `set ${name}`, name in settings ? `settings.${name}` : name);
    });
  }
  for (const extension of extensions) await loadExtension(connection, extension);
  for (const [index, { path, alias, type, read_only, options }] of attach.entries()) {
    const parts = [
      ...(readOnly || read_only ? ["READ_ONLY"] : []),
      ...(type === undefined ? [] : [`TYPE ${type}`]),
      ...optionsSql(options ?? {}),
    ];
    const name = alias === undefined ? "" : ` AS ${identifier(alias)}`;
    const statement = `ATTACH IF NOT EXISTS ${literal(path)}${name}`;
    await connection
      .run(parts.length === 0 ? statement : `${statement} (${parts.join(", ")})`)
      .catch((error: unknown) => {
        throw setUpError(error, `attach ${alias ?? path}`, `attach[${index}]`);
      });
  }
}

/**
 * Attaches an Iceberg catalog under its name, with its secrets in memory only.
 *
 * @throws FloeError `CONNECTION.*`, `SECRET.*`.
 */
export async function attachCatalog(
  connection: DuckDBConnection,
  catalog: CatalogConfig,
  { catalog_options }: DuckDbConfig,
  readOnly: boolean,
  resolve: ResolveSecret,
): Promise<void> {
  const attachment = catalogAttachment(catalog, catalog_options);
  const { secret } = attachment;
  const values = new Map<SecretReference, string>();
  for (const value of Object.values(secret?.parameters ?? {})) {
    if (typeof value !== "string" && !("map" in value)) values.set(value, await resolve(value));
  }
  for (const extension of attachment.extensions) await loadExtension(connection, extension);
  try {
    if (secret !== undefined) {
      await connection.run(createSecretSql(secret, (reference) => literal(values.get(reference) ?? "")));
    }
    await connection.run(attachSql(catalog, attachment, readOnly));
  } catch (error) {
    throw catalogError(error, catalog.name, catalog.uri);
  }
}
