import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { java21 } from "./java.ts";
import { type RunningMinio, requireMinio } from "./minio.ts";
import type { S3Warehouse } from "./s3-warehouse.ts";
import { freePort, type MissingService, requireService, type Service } from "./service.ts";

const run = promisify(execFile);
const VERSION = "0.99.0";

/** A Nessie whose tables are in a bucket of a MinIO of its own, empty. */
export interface RunningNessie extends AsyncDisposable {
  /** The Iceberg REST catalog's base URL. */
  uri: string;
  /** The warehouse by its name in the catalog. */
  warehouse: "warehouse";
  /** Where its tables are: `s3://lake/wh`. */
  location: string;
  minio: RunningMinio;
}

/** As `requireService`, with the object store that Nessie needs. */
export async function requireNessie(): Promise<RunningNessie | MissingService> {
  // Nessie gives no credentials that end within an hour, and counts the hour from after it got them.
  const minio = await requireMinio({ sessions: "2h" });
  if ("missing" in minio) return minio;
  try {
    await minio.makeBucket("lake");
    const location = "s3://lake/wh";
    const service = await requireService(nessie({ ...minio, location }));
    if ("missing" in service) {
      await minio[Symbol.asyncDispose]();
      return service;
    }
    return {
      uri: `${service.url}/iceberg`,
      warehouse: "warehouse",
      location,
      minio,
      async [Symbol.asyncDispose]() {
        await service[Symbol.asyncDispose]();
        await minio[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await minio[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Nessie in memory: its Iceberg REST API is at `/iceberg/`, its warehouse is called `warehouse`. It vends
 * credentials that are good for one table, by the STS of the warehouse's server, asked or not, in `config`.
 */
export function nessie(warehouse: S3Warehouse): Service {
  return {
    name: "nessie",
    version: VERSION,
    readyPath: "/iceberg/v1/config",
    async install(dir) {
      const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";
      const artifact = `org.projectnessie.nessie:nessie-quarkus:${VERSION}:jar:runner`;
      await run(
        "mvn",
        ["--quiet", "--batch-mode", goal, `-Dartifact=${artifact}`, `-DoutputDirectory=${dir}`],
        { cwd: dir, timeout: 600_000 },
      );
      await java21();
    },
    async command({ dir, data, port }) {
      const s3 = "nessie.catalog.service.s3.default-options";
      const settings = {
        "quarkus.http.host": "127.0.0.1",
        "quarkus.http.port": port,
        "quarkus.management.host": "127.0.0.1",
        "quarkus.management.port": await freePort(),
        "quarkus.log.level": "WARN",
        "nessie.version.store.type": "IN_MEMORY",
        "nessie.catalog.default-warehouse": "warehouse",
        "nessie.catalog.warehouses.warehouse.location": warehouse.location,
        [`${s3}.endpoint`]: warehouse.url,
        [`${s3}.path-style-access`]: true,
        [`${s3}.region`]: warehouse.region,
        [`${s3}.access-key`]: "urn:nessie-secret:quarkus:warehouse-keys.s3",
        [`${s3}.client-iam.enabled`]: true,
        [`${s3}.client-iam.assume-role`]: "arn:aws:iam::123456789012:role/lake",
        [`${s3}.sts-endpoint`]: warehouse.url,
        [`${s3}.request-signing-enabled`]: false,
        "warehouse-keys.s3.name": warehouse.credentials.accessKeyId,
        "warehouse-keys.s3.secret": warehouse.credentials.secretAccessKey,
      };
      // Quarkus reads this file of its working folder: parameters would show the keys to anyone.
      await mkdir(join(data, "config"));
      await writeFile(
        join(data, "config", "application.properties"),
        Object.entries(settings)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(""),
      );
      return {
        program: await java21(),
        parameters: ["-jar", join(dir, `nessie-quarkus-${VERSION}-runner.jar`)],
      };
    },
  };
}
