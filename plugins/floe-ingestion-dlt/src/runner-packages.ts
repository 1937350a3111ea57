import type { IngestionRunnerUse } from "@floe/core";

/** As in `python/requirements.txt`, for where others choose the rest. */
const PACKAGES = ["dlt==1.31.0", "duckdb==1.5.5", "pyarrow==26.0.1"];
const PYICEBERG = { name: "pyiceberg", version: "0.12.0" };
const FSSPEC = "pyiceberg.io.fsspec.FsspecFileIO";

/** PyIceberg's extras for stores: which addresses and properties they have, and whether PyArrow can't reach them. */
const STORES = [
  { extra: "adlfs", address: /^(abfss?|wasbs?):/, property: /^adls\./, always: true },
  { extra: "gcsfs", address: /^gs:/, property: /^gcs\./, always: false },
  { extra: "s3fs", address: /^s3[an]?:/, property: /^(s3|client)\./, always: false },
];

/** What the Python part needs where it is installed apart from floe: of the clients of stores, only those in use. */
export function runnerPackages(use?: IngestionRunnerUse): string[] {
  const extras = [...storesOf(use), ...(use?.catalog?.authorization.type === "sigv4" ? ["rest-sigv4"] : [])];
  const pyiceberg = `${PYICEBERG.name}${extras.length === 0 ? "" : `[${extras}]`}==${PYICEBERG.version}`;
  return [...PACKAGES, pyiceberg];
}

function storesOf(use: IngestionRunnerUse | undefined): string[] {
  const every = STORES.map(({ extra }) => extra);
  if (use === undefined) return every;
  const { sources, catalog, storageProperties = {} } = use;
  const addresses = sources.flatMap((source) => ("path" in source ? [source.path] : []));
  const properties = Object.keys(storageProperties);
  const known = (places: readonly string[]) =>
    STORES.filter(
      ({ address, property }) =>
        places.some((one) => address.test(one)) || properties.some((one) => property.test(one)),
    );
  const byFsspec = storageProperties["py-io-impl"] === FSSPEC;
  // A catalog tells only whoever loads where its tables are, unless the platform has said it.
  if (catalog !== undefined && known([catalog.warehouse]).length === 0) return every;
  const met = known([...addresses, ...(catalog === undefined ? [] : [catalog.warehouse])]);
  if (byFsspec && met.length === 0) return every;
  return met.flatMap(({ extra, always }) => (always || byFsspec ? [extra] : []));
}
