/** What identifies a dataset. */
export interface DatasetName {
  namespace: string;
  name: string;
}

/*
 * The names that OpenLineage's own integrations give, so that events of different tools meet in one graph.
 * Source: https://openlineage.io/docs/spec/naming
 */

/** `s3://bucket` and the key, without slashes at either end. */
export function s3Dataset(bucket: string, key: string): DatasetName {
  return { namespace: `s3://${bucket}`, name: objectKey(key) };
}

/** `gs://bucket` and the key. */
export function gcsDataset(bucket: string, key: string): DatasetName {
  return { namespace: `gs://${bucket}`, name: objectKey(key) };
}

/** `abfss://container@account.dfs.core.windows.net` and the path. */
export function azureDataset(container: string, account: string, path: string): DatasetName {
  return { namespace: `abfss://${container}@${account}.dfs.core.windows.net`, name: objectKey(path) };
}

/** `file` and the absolute path. A Windows path is written with slashes: `C:/data/x.csv`. */
export function fileDataset(path: string): DatasetName {
  const slashed = path.replaceAll("\\", "/");
  return { namespace: "file", name: slashed.length > 1 ? slashed.replace(/\/+$/, "") : slashed };
}

/** `snowflake://org-account` and `DATABASE.SCHEMA.TABLE`, as Snowflake stores unquoted names. */
export function snowflakeDataset(
  organization: string,
  account: string,
  parts: { database: string; schema: string; table: string },
): DatasetName {
  return {
    namespace: `snowflake://${organization}-${account}`,
    name: `${parts.database}.${parts.schema}.${parts.table}`,
  };
}

/**
 * `duckdb://` and the database's path, then `database.schema.table`. The naming specification doesn't have
 * DuckDB; this is what OpenLineage's dbt integration does
 * (`integration/common/src/openlineage/common/provider/dbt/processor.py`).
 */
export function duckdbDataset(
  path: string,
  parts: { database: string; schema: string; table: string },
): DatasetName {
  return {
    namespace: `duckdb://${path.replaceAll("\\", "/")}`,
    name: `${parts.database}.${parts.schema}.${parts.table}`,
  };
}

function objectKey(key: string): string {
  const trimmed = key.replace(/^\/+|\/+$/g, "");
  return trimmed === "" ? "/" : trimmed;
}
