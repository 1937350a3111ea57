import { z } from "zod";

/** What Polaris says of everything that it manages. Times are milliseconds since 1970. */
const entity = {
  name: z.string(),
  properties: z.record(z.string(), z.string()).nullish(),
  createTimestamp: z.number().nullish(),
  lastUpdateTimestamp: z.number().nullish(),
  /** Changes with each update; an update names the one that it is of. */
  entityVersion: z.int().nullish(),
};

export const catalogSchema = z.looseObject({
  ...entity,
  type: z.enum(["INTERNAL", "EXTERNAL"]),
  storageConfigInfo: z.looseObject({
    storageType: z.string(),
    allowedLocations: z.array(z.string()).nullish(),
  }),
});
export const principalSchema = z.looseObject({ ...entity, clientId: z.string().nullish() });
export const roleSchema = z.looseObject(entity);
export const credentialsSchema = z.object({
  principal: principalSchema,
  credentials: z.object({ clientId: z.string(), clientSecret: z.string() }),
});
export const grantSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("catalog"), privilege: z.string() }),
  z.object({ type: z.literal("namespace"), namespace: z.array(z.string()), privilege: z.string() }),
  z.object({
    type: z.literal("table"),
    namespace: z.array(z.string()),
    tableName: z.string(),
    privilege: z.string(),
  }),
  z.object({
    type: z.literal("view"),
    namespace: z.array(z.string()),
    viewName: z.string(),
    privilege: z.string(),
  }),
  z.object({
    type: z.literal("policy"),
    namespace: z.array(z.string()),
    policyName: z.string(),
    privilege: z.string(),
  }),
]);

export type PolarisCatalog = z.output<typeof catalogSchema>;
export type Principal = z.output<typeof principalSchema>;
/** A principal role or a catalog role. */
export type Role = z.output<typeof roleSchema>;
/** The secret is told this once: keep it where secrets are kept. */
export type PrincipalWithCredentials = z.output<typeof credentialsSchema>;
/** Privileges by Polaris' names: `TABLE_READ_DATA`, `CATALOG_MANAGE_CONTENT`. */
export type Grant = z.output<typeof grantSchema>;

/** Where a catalog's tables may lie, and how the server gets there. Fields beyond these go with the store. */
export interface StorageConfig {
  storageType: "S3" | "GCS" | "AZURE" | "FILE";
  /** `s3://lake/wh/`. */
  allowedLocations?: readonly string[];
  [field: string]: unknown;
}

export interface NewCatalog {
  name: string;
  /** Default `INTERNAL`. */
  type?: "INTERNAL" | "EXTERNAL";
  /** Where tables lie that name no place: `s3://lake/wh`. */
  defaultBaseLocation: string;
  properties?: Readonly<Record<string, string>>;
  storage: StorageConfig;
}

/** What to change of something, as it was when it was read. */
export interface Changes {
  entityVersion: number;
  /** In place of all that there are. */
  properties: Readonly<Record<string, string>>;
}
