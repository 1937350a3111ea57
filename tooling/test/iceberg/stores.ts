import { join } from "node:path";
import { startAzureLake } from "../../services/azure-lake.ts";
import { requireAzurite } from "../../services/azurite.ts";
import { requireFakeGcs } from "../../services/fake-gcs-server.ts";
import { startGcsXml } from "../../services/gcs-xml.ts";
import { icebergRests } from "../../services/iceberg-rest.ts";
import { requireNessie } from "../../services/nessie.ts";
import { type MissingService, requireService } from "../../services/service.ts";

/** A plugin as a manifest selects it. */
interface Selected {
  type: string;
  config?: object;
}

/** A store with what a manifest says of it, and a catalog whose tables are there. */
export interface Store {
  storage: Selected;
  /** The same store where the catalog's tables are. */
  catalogStorage: Selected;
  catalog: { uri: string; warehouse: string };
  /** Whether that catalog gives credentials for its tables. */
  vends?: boolean;
  /** Options of DuckDB's ATTACH. */
  options?: Record<string, boolean>;
}

export interface Stores extends AsyncDisposable {
  /** By name. */
  stores: Readonly<Record<string, Store>>;
  /** What the manifests' secrets are read from. */
  env: Record<string, string>;
}

const secret = (name: string) => ({ source: "env", name });
const LAKE = "floe.dfs.core.windows.net";

/** A store of each kind on this machine, and a catalog for each: Nessie, which vends keys, and four of Iceberg's own. */
export async function startStores(folder: string): Promise<Stores | MissingService> {
  await using started = new AsyncDisposableStack();
  const nessie = await requireNessie();
  if ("missing" in nessie) return nessie;
  started.use(nessie);
  const azurite = await requireAzurite();
  if ("missing" in azurite) return azurite;
  started.use(azurite);
  const fakeGcs = await requireFakeGcs();
  if ("missing" in fakeGcs) return fakeGcs;
  started.use(fakeGcs);
  const lake = started.use(await startAzureLake(azurite));
  const gcs = started.use(await startGcsXml(fakeGcs));
  const { minio } = nessie;
  await Promise.all([minio.makeBucket("files"), azurite.makeContainer("files"), fakeGcs.makeBucket("files")]);
  const rest = await requireService(
    icebergRests({
      local: { path: join(folder, "warehouse") },
      s3: { ...minio, location: "s3://files/catalog" },
      gcs: {
        location: "gs://files/catalog",
        properties: {
          "io-impl": "org.apache.iceberg.gcp.gcs.GCSFileIO",
          "gcs.service.host": fakeGcs.url,
          "gcs.no-auth": "true",
          "gcs.project-id": "test",
        },
      },
      azure: {
        location: `abfss://files@${LAKE}/catalog`,
        properties: {
          "io-impl": "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
          "adls.auth.shared-key.account.name": azurite.account.name,
          "adls.auth.shared-key.account.key": azurite.account.key,
          // It is an address, whatever its name says.
          [`adls.connection-string.${LAKE}`]: azurite.endpoint,
        },
      },
    }),
  );
  if ("missing" in rest) return rest;
  started.use(rest);

  const keys = { access_key_id: secret("LAKE_KEY_ID"), secret_access_key: secret("LAKE_SECRET") };
  const s3 = { bucket: "files", endpoint: minio.url, region: minio.region, path_style: true, ...keys };
  const places = (type: string, config: object, prefix: string) => ({
    storage: { type, config: { ...config, prefix } },
    catalogStorage: { type, config: { ...config, prefix: "catalog" } },
    catalog: { uri: `${rest.url}/${type}`, warehouse: "lake" },
  });
  const stores: Record<string, Store> = {
    local: {
      storage: { type: "local" },
      catalogStorage: { type: "local" },
      catalog: { uri: `${rest.url}/local`, warehouse: "lake" },
      // A folder that isn't there yet is more than DuckDB writes to.
      options: { stage_create_tables: false },
    },
    minio: {
      storage: { type: "minio", config: { ...s3, prefix: "minio" } },
      catalogStorage: { type: "minio", config: { ...s3, bucket: "lake", prefix: "wh" } },
      catalog: { uri: nessie.uri, warehouse: nessie.warehouse },
      vends: true,
    },
    s3: places("s3", s3, "s3"),
    gcs: places("gcs", { bucket: "files", endpoint: gcs.url, project: "test", anonymous: true }, "gcs"),
    azure: places(
      "azure",
      {
        account: azurite.account.name,
        container: "files",
        endpoint: azurite.endpoint,
        dfs_endpoint: lake.endpoint,
        sas_token: secret("AZURE_SAS"),
      },
      "azure",
    ),
  };
  const env = {
    LAKE_KEY_ID: minio.credentials.accessKeyId,
    LAKE_SECRET: minio.credentials.secretAccessKey,
    AZURE_SAS: await azurite.sas("files", "racwdl"),
  };
  const owned = started.move();
  return { stores, env, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
