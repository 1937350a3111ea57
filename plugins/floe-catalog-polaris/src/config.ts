import {
  bearerSchema,
  commonFields,
  oauth2Schema,
  type RestCatalogConfig,
} from "floe-catalog-rest/rest-catalog";
import { z } from "zod";

const BELOW = "/api/catalog";

export const configSchema = z.strictObject({
  uri: z
    .url({ protocol: /^https?$/ })
    .describe("Base URL of Polaris' Iceberg catalogs: https://polaris.example.com/api/catalog."),
  warehouse: z.string().min(1).describe("Name of the catalog in Polaris."),
  realm: z.string().min(1).optional().describe("Realm of the server, where it has several."),
  realm_header: z
    .string()
    .regex(/^[\w-]+$/, "must be a header's name")
    .default("Polaris-Realm")
    .describe("Header that tells the server its realm."),
  management_uri: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Base URL of the management API. Left out: api/management/v1 beside api/catalog."),
  authorization: z
    .discriminatedUnion("type", [oauth2Schema, bearerSchema])
    .default({ type: "oauth2" })
    .describe("How floe says who it is. Scopes are principal roles: PRINCIPAL_ROLE:engineer."),
  ...commonFields,
});

export type PolarisConfig = z.output<typeof configSchema>;

/** All roles of the principal: Polaris takes no token request without a scope, and no other kind. */
const ALL_ROLES = "PRINCIPAL_ROLE:ALL";

/** Polaris as any REST catalog is configured. */
export function toRestConfig({
  realm,
  realm_header,
  management_uri: _,
  authorization,
  headers,
  ...rest
}: PolarisConfig): RestCatalogConfig {
  return {
    ...rest,
    headers: { ...headers, ...(realm === undefined ? {} : { [realm_header]: realm }) },
    authorization:
      authorization.type === "oauth2"
        ? { ...authorization, scope: authorization.scope ?? ALL_ROLES }
        : authorization,
  };
}

/** Where the management API is; undefined where that can't be told from the catalogs' address. */
export function managementUri({ uri, management_uri }: PolarisConfig): string | undefined {
  if (management_uri !== undefined) return management_uri;
  const base = uri.replace(/\/+$/, "");
  return base.endsWith(BELOW) ? `${base.slice(0, -BELOW.length)}/api/management/v1` : undefined;
}
