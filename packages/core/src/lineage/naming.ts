/** What identifies a dataset. */
export interface DatasetName {
  namespace: string;
  name: string;
}

/** A table by its parts, each kept as given: case and quoting are the database's affair. */
export interface TableParts {
  database: string;
  schema: string;
  table: string;
}

/*
 * The names that OpenLineage's own integrations give, so that events of different tools meet in one graph.
 * Source: https://openlineage.io/docs/spec/naming; slashes at the ends as in OpenLineage's Java client,
 * `io.openlineage.client.utils.filesystem`. Names are not URIs: a space stays a space.
 */

/** `s3://bucket` and the key without slashes at its ends; `/` for the bucket itself. */
export function s3Dataset(bucket: string, key: string): DatasetName {
  return { namespace: `s3://${bucket}`, name: objectKey(key) };
}

/** `gs://bucket` and the key without slashes at its ends; `/` for the bucket itself. */
export function gcsDataset(bucket: string, key: string): DatasetName {
  return { namespace: `gs://${bucket}`, name: objectKey(key) };
}

/**
 * `abfss://container@account.dfs.core.windows.net` and the path without slashes at its ends; `/` for the
 * container itself.
 */
export function azureDataset(container: string, account: string, path: string): DatasetName {
  return { namespace: `abfss://${container}@${account}.dfs.core.windows.net`, name: objectKey(path) };
}

/**
 * `file` and the path without slashes at its end; `/` for the root. A Windows path, known by its drive or
 * its leading `\\`, is written with slashes (`C:/data/x.csv`); elsewhere a backslash is part of a name.
 */
export function fileDataset(path: string): DatasetName {
  const slashed = /^(?:[A-Za-z]:\\|\\\\)/.test(path) ? path.replaceAll("\\", "/") : path;
  return { namespace: "file", name: slashed.replace(/\/+$/, "") || "/" };
}

/**
 * `snowflake://` and the account, then `database.schema.table`. `account` is the identifier that Snowflake's
 * clients take: `organization-account`, whose region or `privatelink` suffix is dropped, or the older
 * locator, completed with the region `us-west-1` and the cloud `aws` where they are missing. dbt's names
 * come as in its manifest.
 * @see https://github.com/OpenLineage/OpenLineage `fix_account_name` in
 * `integration/common/src/openlineage/common/provider/snowflake.py`
 */
export function snowflakeDataset(account: string, parts: TableParts): DatasetName {
  return { namespace: `snowflake://${snowflakeAccount(account)}`, name: tableName(parts) };
}

/**
 * `duckdb://` and the database's path as it stands in dbt's profile, `:memory:` included, then
 * `database.schema.table`. The naming specification doesn't have DuckDB; this is what OpenLineage's dbt
 * integration does (`integration/common/src/openlineage/common/provider/dbt/processor.py`, and the fixture
 * `integration/common/tests/dbt/duckdb/result.json`). It doesn't alter the path, so neither does this: give
 * the same path here and to dbt.
 */
export function duckdbDataset(path: string, parts: TableParts): DatasetName {
  return { namespace: `duckdb://${path}`, name: tableName(parts) };
}

/**
 * An Iceberg table by its name in a REST catalog: the catalog's address, and the dotted name. OpenLineage's
 * Spark integration has it as a table's second name, in the facet `symlinks`; the first is where its files
 * are, {@link locationDataset}. So this is for a table that isn't there yet, and for that facet.
 */
export function icebergDataset(catalogUri: string, { schema, table }: TableParts): DatasetName {
  return { namespace: catalogUri.replace(/\/+$/, ""), name: `${schema}.${table}` };
}

/**
 * A dataset by where its files are: `s3://lake/wh/orders` is `s3://lake` and `wh/orders`. Schemes that mean the
 * same storage (`s3a`, `s3n`, `wasbs`) have one name; a path or `file:` is a file; any other scheme is kept.
 */
export function locationDataset(location: string): DatasetName {
  const [, scheme = "", authority = "", path = ""] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/i.exec(location) ?? [];
  switch (scheme.toLowerCase()) {
    case "":
      return fileDataset(location.replace(/^file:/, ""));
    case "file":
      return fileDataset(path);
    case "s3":
    case "s3a":
    case "s3n":
      return s3Dataset(authority, path);
    case "gs":
      return gcsDataset(authority, path);
    case "abfs":
    case "abfss":
    case "wasb":
    case "wasbs": {
      const [container = "", host = ""] = authority.split("@");
      return azureDataset(container, host.split(".", 1)[0] ?? "", path);
    }
    default:
      return { namespace: `${scheme}://${authority}`, name: objectKey(path) };
  }
}

function objectKey(key: string): string {
  return key.replace(/^\/+|\/+$/g, "") || "/";
}

function tableName({ database, schema, table }: TableParts): string {
  return `${database}.${schema}.${table}`;
}

function snowflakeAccount(identifier: string): string {
  const [account = "", region = "us-west-1", cloud = "aws"] = identifier.split(".");
  if (account.includes("-")) return account;
  return identifier.split(".").length > 3 ? identifier : `${account}.${region}.${cloud}`;
}
