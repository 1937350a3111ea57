import { secretReferenceSchema } from "@floe/core";
import { z } from "zod";

const none = z.strictObject({ type: z.literal("none") });

export const bearerSchema = z.strictObject({
  type: z.literal("bearer"),
  token: secretReferenceSchema
    .optional()
    .describe("The token. Left out: what connection_secret_ref names, its key token."),
});

export const oauth2Schema = z.strictObject({
  type: z.literal("oauth2"),
  client_id: secretReferenceSchema
    .optional()
    .describe("The client's id. Left out: what connection_secret_ref names, its key client_id."),
  client_secret: secretReferenceSchema
    .optional()
    .describe("The client's secret. Left out: what connection_secret_ref names, its key client_secret."),
  server_uri: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address that gives tokens. Left out: v1/oauth/tokens below uri."),
  scope: z.string().min(1).optional().describe("Scope to ask for. Left out: catalog."),
  read_scope: z
    .string()
    .min(1)
    .optional()
    .describe("Scope for credentials that are only to read a table. Left out: as scope."),
  audience: z.string().min(1).optional().describe("Audience that the token is for, where the server asks."),
  resource: z.string().min(1).optional().describe("Resource that the token is for, where the server asks."),
});

const sigv4 = z.strictObject({
  type: z.literal("sigv4"),
  region: z.string().min(1).describe("AWS region to sign for."),
  service: z
    .string()
    .min(1)
    .default("glue")
    .describe("AWS service to sign for: glue, s3tables, execute-api for an API Gateway."),
});

/** Settings that every REST catalog has, whatever it is called. */
export const commonFields = {
  name: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, "must be letters, digits and underscores, not starting with a digit")
    .default("lake")
    .describe("Name that engines attach the catalog by; the database of dbt's models."),
  properties: z
    .record(z.string(), z.string())
    .default({})
    .describe("Further properties by Iceberg's names, for floe and for other clients. No secrets."),
  headers: z
    .record(z.string().regex(/^[\w-]+$/, "must be a header's name"), z.string())
    .default({})
    .describe("Further HTTP headers, sent with every request. No secrets."),
  timeout_seconds: z
    .number()
    .positive()
    .max(300)
    .default(20)
    .describe("Limit on one attempt of a request, in seconds; on connecting, eight at most."),
};

export const configSchema = z.strictObject({
  uri: z
    .url({ protocol: /^https?$/ })
    .describe("The catalog's base URL, without v1: https://catalog.example.com/api/catalog."),
  warehouse: z.string().min(1).describe("The warehouse, by the name or location that the catalog knows."),
  authorization: z
    .discriminatedUnion("type", [none, bearerSchema, oauth2Schema, sigv4])
    .default({ type: "none" })
    .describe("How floe says who it is."),
  ...commonFields,
});

export type RestCatalogConfig = z.output<typeof configSchema>;
export type AuthorizationConfig = RestCatalogConfig["authorization"];
