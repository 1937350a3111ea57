import { readFileSync } from "node:fs";
import type { IngestionRunnerUse, IngestionSource } from "@floe/core";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-ingestion-dlt";
import { expect, it } from "vitest";

const DIR = new URL("../", import.meta.url);
const FSSPEC = { "py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO" };
const PYARROW = { "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO" };
const CATALOG = {
  name: "lake",
  uri: "https://catalog.example.com",
  warehouse: "lake",
  authorization: { type: "none" as const },
};

function packagesFor(use?: IngestionRunnerUse): readonly string[] {
  const context = createTestContext({ kind: "ingestion", name: "dlt", dir: DIR.pathname });
  return plugin.create({}, context).getPythonRunner?.(use).packages ?? [];
}

/** PyIceberg's extras among what must be installed. */
function extrasFor(use: Partial<IngestionRunnerUse> & { path?: string }): string[] {
  const source = { name: "orders", sourceType: "filesystem", path: use.path ?? "data/orders.csv" };
  const [pyiceberg] = packagesFor({ sources: [source as IngestionSource], ...use }).filter((one) =>
    one.startsWith("pyiceberg"),
  );
  return /\[(.*)\]/.exec(pyiceberg ?? "")?.[1]?.split(",") ?? [];
}

it.each([
  ["files of this machine", {}, []],
  [
    "S3 by a key, which PyArrow reads",
    { path: "s3://lake/a.csv", storageProperties: { ...PYARROW, "s3.region": "x" } },
    [],
  ],
  ["S3 by a profile", { storageProperties: { ...FSSPEC, "client.profile-name": "lake" } }, ["s3fs"]],
  ["Google Cloud Storage", { path: "gs://lake/a.csv", storageProperties: PYARROW }, []],
  [
    "Google Cloud Storage without a credential",
    { path: "gs://lake/a.csv", storageProperties: FSSPEC },
    ["gcsfs"],
  ],
  ["Azure", { storageProperties: { ...FSSPEC, "adls.account-name": "lake" } }, ["adlfs"]],
  [
    "files of Azure, whatever the platform's storage is",
    { path: "abfss://lake@a.dfs.core.windows.net/a.csv" },
    ["adlfs"],
  ],
  ["a store that has no name here", { storageProperties: FSSPEC }, ["adlfs", "gcsfs", "s3fs"]],
  ["a catalog that alone knows where its tables are", { catalog: CATALOG }, ["adlfs", "gcsfs", "s3fs"]],
  ["a catalog on S3", { catalog: { ...CATALOG, warehouse: "s3://lake" } }, []],
  [
    "a catalog on Azure",
    { catalog: CATALOG, storageProperties: { ...FSSPEC, "adls.account-name": "a" } },
    ["adlfs"],
  ],
  [
    "a catalog that wants signed requests",
    {
      catalog: {
        ...CATALOG,
        warehouse: "s3://lake",
        authorization: { type: "sigv4" as const, region: "x", service: "glue" },
      },
    },
    ["rest-sigv4"],
  ],
] as const)("names what is needed for %s", (_, use, extras) => {
  expect(extrasFor(use)).toEqual(extras);
});

it("names versions that floe itself loads with, and every client where it doesn't know the use", () => {
  const locked = readFileSync(new URL("python/requirements.txt", DIR), "utf8");
  for (const one of packagesFor()) expect(locked).toContain(`${one.replace(/\[.*\]/, "")} `);
  for (const name of ["adlfs", "gcsfs", "s3fs"]) {
    expect(packagesFor().join()).toContain(name);
    expect(locked).toMatch(new RegExp(`^${name}==`, "m"));
  }
});
