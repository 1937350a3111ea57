import {
  azureDataset,
  type DatasetName,
  duckdbDataset,
  fileDataset,
  gcsDataset,
  icebergDataset,
  locationDataset,
  s3Dataset,
  snowflakeDataset,
} from "@floe/core";
import { describe, expect, it } from "vitest";

const orders = { database: "shop", schema: "main", table: "orders" };

describe("dataset names", () => {
  it.each<[DatasetName, namespace: string, name: string]>([
    [s3Dataset("lake", "wh/orders"), "s3://lake", "wh/orders"],
    [s3Dataset("lake", "//wh/orders//"), "s3://lake", "wh/orders"],
    [s3Dataset("lake", "wh//orders"), "s3://lake", "wh//orders"],
    [s3Dataset("lake", "/"), "s3://lake", "/"],
    [s3Dataset("lake", ""), "s3://lake", "/"],
    [gcsDataset("lake", "/a b/c%20d/"), "gs://lake", "a b/c%20d"],
    [azureDataset("c", "acc", "/x/"), "abfss://c@acc.dfs.core.windows.net", "x"],
    [azureDataset("c", "acc", ""), "abfss://c@acc.dfs.core.windows.net", "/"],
    [fileDataset("/data/x.csv"), "file", "/data/x.csv"],
    [fileDataset("/data/my orders/"), "file", "/data/my orders"],
    [fileDataset("data/x.csv"), "file", "data/x.csv"],
    [fileDataset("C:\\data\\my orders\\"), "file", "C:/data/my orders"],
    [fileDataset("C:/data/x.csv"), "file", "C:/data/x.csv"],
    [fileDataset("\\\\server\\share\\x.csv"), "file", "//server/share/x.csv"],
    [fileDataset("/data/back\\slash.csv"), "file", "/data/back\\slash.csv"],
    [fileDataset("/"), "file", "/"],
    [fileDataset("//"), "file", "/"],
    [fileDataset(""), "file", "/"],
  ])("%o", (dataset, namespace, name) => {
    expect(dataset).toEqual({ namespace, name });
  });

  it.each([
    ["org-account", "org-account"],
    ["org-account.privatelink", "org-account"],
    ["xy12345", "xy12345.us-west-1.aws"],
    ["xy12345.us-east-1", "xy12345.us-east-1.aws"],
    ["xy12345.east-us-2.azure", "xy12345.east-us-2.azure"],
    ["xy12345.fhplus.us-gov-west-1.aws", "xy12345.fhplus.us-gov-west-1.aws"],
  ])("of Snowflake account %s are under %s", (account, host) => {
    expect(snowflakeDataset(account, { database: "SHOP", schema: "Main", table: "orders" })).toEqual({
      namespace: `snowflake://${host}`,
      name: "SHOP.Main.orders",
    });
  });

  it.each(["/database/jaffle_shop.duckdb", ":memory:", "C:\\data\\a.duckdb", "my data/a.duckdb", "md:shop"])(
    "of DuckDB have the path as dbt has it: %s",
    (path) => {
      expect(duckdbDataset(path, orders)).toEqual({
        namespace: `duckdb://${path}`,
        name: "shop.main.orders",
      });
    },
  );

  it("of DuckDB are those of OpenLineage's dbt integration", () => {
    // Values of integration/common/tests/dbt/duckdb/result.json in OpenLineage 1.52.0.
    const customers = { database: "jaffle_shop", schema: "main", table: "customers" };
    expect(duckdbDataset("/database/jaffle_shop.duckdb", customers)).toEqual({
      namespace: "duckdb:///database/jaffle_shop.duckdb",
      name: "jaffle_shop.main.customers",
    });
  });
});

describe("Iceberg", () => {
  it("names a table in a REST catalog by the catalog's address", () => {
    const table = { database: "lake", schema: "sales", table: "orders" };
    expect(icebergDataset("https://catalog.example/iceberg/", table)).toEqual({
      namespace: "https://catalog.example/iceberg",
      name: "sales.orders",
    });
  });

  it.each([
    ["s3://lake/wh/orders/", "s3://lake", "wh/orders"],
    ["s3a://lake/wh/orders", "s3://lake", "wh/orders"],
    ["gs://lake/wh", "gs://lake", "wh"],
    ["abfss://lake@acme.dfs.core.windows.net/wh", "abfss://lake@acme.dfs.core.windows.net", "wh"],
    ["wasbs://lake@acme.blob.core.windows.net/wh", "abfss://lake@acme.dfs.core.windows.net", "wh"],
    ["file:///data/wh/orders", "file", "/data/wh/orders"],
    ["file:/data/wh/orders", "file", "/data/wh/orders"],
    ["/data/wh/orders", "file", "/data/wh/orders"],
    ["hdfs://name:8020/wh/orders", "hdfs://name:8020", "wh/orders"],
  ])("names what lies at %s", (location, namespace, name) => {
    expect(locationDataset(location)).toEqual({ namespace, name });
  });
});
