import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { copyJars, java21 } from "./java.ts";
import { type S3Warehouse, s3Environment } from "./s3-warehouse.ts";
import type { Service } from "./service.ts";

const run = promisify(execFile);
const ICEBERG = "1.11.0";
const JETTY = "12.1.5";
const SOURCE = join(import.meta.dirname, "java", "IcebergRest.java");

const iceberg = (artifactId: string, classifier?: string) => ({
  groupId: "org.apache.iceberg",
  artifactId,
  version: ICEBERG,
  ...(classifier === undefined ? {} : { classifier }),
});

/** A place in a cloud's store, and how Iceberg's FileIO of that cloud reaches it. */
export interface CloudWarehouse {
  /** `gs://bucket/prefix` or `abfss://container@account.dfs.core.windows.net/prefix`. */
  location: string;
  /** With `io-impl`. May hold secrets. */
  properties: Readonly<Record<string, string>>;
}

/** Where its tables go: a folder of this machine (absolute path), a bucket of S3, or another cloud's store. */
export type Warehouse = { path: string } | S3Warehouse | CloudWarehouse;

/**
 * Apache Iceberg's own REST catalog for tests, with its catalog in SQLite: creates, commits, scans. It asks
 * nobody who they are, and vends nothing: who reads a store brings credentials of their own.
 */
export function icebergRest(warehouse: Warehouse): Service {
  return icebergRests({ "": warehouse });
}

/** Several such catalogs in one process, each below its name: `<url>/<name>`. One of them at most in S3. */
export function icebergRests(warehouses: Readonly<Record<string, Warehouse>>): Service {
  const [first = ""] = Object.keys(warehouses);
  const inS3 = Object.values(warehouses).filter((warehouse) => "credentials" in warehouse);
  return {
    name: "iceberg-rest",
    version: `${ICEBERG}-${createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 8)}`,
    readyPath: join("/", first, "v1/config"),
    async install(dir) {
      await copyJars(
        [
          iceberg("iceberg-core"),
          iceberg("iceberg-core", "tests"),
          ...["aws", "azure", "gcp"].map((cloud) => iceberg(`iceberg-${cloud}`)),
          iceberg("iceberg-aws-bundle"),
          // The last that Maven Central has.
          { ...iceberg("iceberg-azure-bundle"), version: "1.10.0" },
          iceberg("iceberg-gcp-bundle"),
          { groupId: "org.eclipse.jetty.ee10", artifactId: "jetty-ee10-servlet", version: JETTY },
          { groupId: "org.xerial", artifactId: "sqlite-jdbc", version: "3.50.3.0" },
          { groupId: "org.slf4j", artifactId: "slf4j-simple", version: "2.0.17" },
          // The compiler: a Java runtime has none.
          { groupId: "org.eclipse.jdt", artifactId: "ecj", version: "3.43.0" },
        ],
        dir,
      );
      // It compiles against its own class path unless it is given another.
      const compiler = ["-cp", join(dir, "jars", "*"), "org.eclipse.jdt.internal.compiler.batch.Main"];
      const options = ["-21", "-nowarn", "-d", join(dir, "classes")];
      await run(await java21(), [...compiler, ...options, SOURCE]);
    },
    async command({ dir, data, port }) {
      const catalogs = Object.entries(warehouses).map(([name, warehouse], index) => [
        name === "" ? "" : `/${name}`,
        {
          "catalog-impl": "org.apache.iceberg.jdbc.JdbcCatalog",
          uri: `jdbc:sqlite:${join(data, `catalog-${index}.db`)}?busy_timeout=10000`,
          "jdbc.schema-version": "V1",
          // Two connections to one SQLite get in each other's way.
          clients: "1",
          // A table needs its namespace, as in every other catalog.
          "jdbc.strict-mode": "true",
          ...storageOf(warehouse),
        },
      ]);
      return {
        program: await java21(),
        parameters: [
          "-cp",
          [join(dir, "classes"), join(dir, "jars", "*")].join(":"),
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
          "IcebergRest",
          String(port),
        ],
        env: {
          ...(inS3[0] === undefined ? {} : s3Environment(inS3[0])),
          ICEBERG_REST_CATALOGS: JSON.stringify(Object.fromEntries(catalogs)),
        },
      };
    },
  };
}

function storageOf(warehouse: Warehouse): Record<string, string> {
  if ("path" in warehouse) return { warehouse: warehouse.path, "io-impl": "IcebergRest$LocalFileIO" };
  const { location } = warehouse;
  if ("properties" in warehouse) return { warehouse: location, ...warehouse.properties };
  return {
    warehouse: location,
    "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    "s3.endpoint": warehouse.url,
    "s3.path-style-access": "true",
  };
}
