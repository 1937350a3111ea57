import { FloeError, type VendedCredentials } from "@floe/core";
import type { LoadedTable } from "./table-metadata.ts";

/** The FileIO properties of one kind of store, by the schemes of its locations. */
interface StoreProperties {
  schemes: readonly string[];
  /** Everything that a FileIO of this store may be given. */
  own: RegExp;
  /** What gives access; of these a catalog must have sent one. */
  secret: RegExp;
  /** Where the end stands, in milliseconds since 1970. */
  expiry: RegExp;
}

/**
 * @see https://py.iceberg.apache.org/configuration/#fileio
 * @see https://github.com/apache/polaris `StorageAccessProperty`
 */
const STORES: readonly StoreProperties[] = [
  {
    schemes: ["s3", "s3a", "s3n"],
    own: /^(s3\.|client\.region$)/,
    secret: /^s3\.(secret-access-key|session-token)$/,
    expiry: /^s3\.session-token-expires-at-ms$/,
  },
  {
    schemes: ["gs"],
    own: /^gcs\./,
    secret: /^gcs\.oauth2\.token$/,
    expiry: /^gcs\.oauth2\.token-expires-at$/,
  },
  {
    schemes: ["abfs", "abfss", "wasb", "wasbs"],
    own: /^adls\./,
    secret: /^adls\.(sas-token|connection-string|token$)/,
    expiry: /^adls\.sas-token-expires-at-ms/,
  },
];

/** Iceberg's older name for the end, whatever the store. */
const ANY_EXPIRY = "expiration-time";
/** A request for the catalog to sign, which is no credential. */
const SIGNING = /^s3\.(remote-signing|signer)/;
/** Secrets, and what is known of them by name alone: an id, an end. */
const CREDENTIAL =
  /^(s3\.(access-key-id|secret-access-key|session-token)|gcs\.oauth2\.token|adls\.(sas-token|connection-string|token|account-key|client-))/;

/**
 * The credentials in a catalog's answer for one table, and nothing else of it: of several, those with the
 * longest prefix that the table lies below; of Azure's, those of its storage account.
 *
 * @param shared Properties that the catalog gives for all tables: an endpoint, a region.
 * @throws FloeError `PLUGIN.UNSUPPORTED` where the answer has none.
 */
export function vendedCredentials(
  table: string,
  { metadata: { location }, config, "storage-credentials": vended }: LoadedTable,
  shared: Readonly<Record<string, string>>,
): VendedCredentials {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(location)?.[1] ?? "file";
  const store = STORES.find(({ schemes }) => schemes.includes(scheme));
  const best = (vended ?? [])
    .filter(({ prefix }) => location.startsWith(prefix) || `${location}/` === prefix)
    .toSorted((one, other) => other.prefix.length - one.prefix.length)
    .at(0);
  const plain = Object.entries({ ...shared, ...config }).filter(([key]) => !CREDENTIAL.test(key));
  const sent = { ...Object.fromEntries(plain), ...(best?.config ?? config) };
  const properties = Object.fromEntries(
    Object.entries(sent).filter(
      ([key]) => store?.own.test(key) && !SIGNING.test(key) && isOfAccount(key, location),
    ),
  );
  if (store === undefined || !Object.keys(properties).some((key) => store.secret.test(key))) {
    throw new FloeError("PLUGIN.UNSUPPORTED", `The catalog vends no credentials for the table ${table}.`, {
      why: Object.keys({ ...config, ...best?.config }).some((key) => SIGNING.test(key))
        ? "It signs requests itself, which floe doesn't ask for."
        : `The table lies at ${location}.`,
      next: [
        "Let the catalog vend credentials, and let this client have them.",
        "Or give the storage plugin credentials of its own.",
      ],
    });
  }
  return { properties, prefix: prefixOf(location, best?.prefix), expiresAt: endOf(sent, store) };
}

/** What the credentials are good for: not told, it is the table. */
function prefixOf(location: string, prefix: string | undefined): string {
  // A prefix without a place in it, as `s3`, tells of a kind of store.
  return prefix === undefined || !prefix.includes("://") || `${location}/` === prefix ? location : prefix;
}

/** Azure's properties name a storage account, or its host, at their end: others' aren't the table's. */
function isOfAccount(key: string, location: string): boolean {
  const named = /^adls\.(?:sas-token(?:-expires-at-ms)?|connection-string)\.(.+)$/.exec(key)?.[1];
  if (named === undefined) return true;
  const host = /^[a-z]+:\/\/[^@/]*@([^/]+)/.exec(location)?.[1] ?? "";
  return host === named || host.startsWith(`${named}.`);
}

function endOf(sent: Readonly<Record<string, string>>, { expiry }: StoreProperties): string | null {
  const named = Object.entries(sent).filter(([key]) => expiry.test(key) || key === ANY_EXPIRY);
  const ends = named.map(([, value]) => Number(value)).filter((ms) => Number.isFinite(ms) && ms > 0);
  return ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString();
}
