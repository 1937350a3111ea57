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

/** Where its tables go: a folder of this machine (absolute path), or a bucket. */
export type Warehouse = { path: string } | S3Warehouse;

/**
 * Apache Iceberg's own REST catalog for tests, with its catalog in SQLite: creates, commits, scans. It asks
 * nobody who they are, and vends nothing: who reads a bucket brings credentials of their own.
 */
export function icebergRest(warehouse: Warehouse): Service {
  return {
    name: "iceberg-rest",
    version: `${ICEBERG}-${createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 8)}`,
    readyPath: "/v1/config",
    async install(dir) {
      await copyJars(
        [
          iceberg("iceberg-core"),
          iceberg("iceberg-core", "tests"),
          iceberg("iceberg-aws"),
          iceberg("iceberg-aws-bundle"),
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
      const storage =
        "path" in warehouse
          ? { warehouse: warehouse.path, "io-impl": "IcebergRest$LocalFileIO" }
          : {
              warehouse: warehouse.location,
              "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
              "s3.endpoint": warehouse.url,
              "s3.path-style-access": "true",
            };
      const properties = {
        "catalog-impl": "org.apache.iceberg.jdbc.JdbcCatalog",
        uri: `jdbc:sqlite:${join(data, "catalog.db")}?busy_timeout=10000`,
        "jdbc.schema-version": "V1",
        // Two connections to one SQLite get in each other's way.
        clients: "1",
        // A table needs its namespace, as in every other catalog.
        "jdbc.strict-mode": "true",
        ...storage,
      };
      return {
        program: await java21(),
        parameters: [
          "-cp",
          [join(dir, "classes"), join(dir, "jars", "*")].join(":"),
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
          "IcebergRest",
          String(port),
          ...Object.entries(properties).map(([key, value]) => `${key}=${value}`),
        ],
        env: "path" in warehouse ? {} : s3Environment(warehouse),
      };
    },
  };
}
