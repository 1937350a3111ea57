import { z } from "zod";
import { semanticVersion } from "../names.ts";
import { optional, withDefault } from "../optional.ts";

const time = z.iso.datetime({ offset: true, local: true });

export const artifactsVersion = semanticVersion.describe(
  "Version of the format that the file was written in.",
);

export const metadataSchema = z.strictObject({
  compiled_at: time.describe("When it was compiled. The Python floe writes local time without an offset."),
  floe_version: z.string().describe("The floe that wrote it."),
  source_hash: z.string().describe("Hash over the product's file and the manifests: sha256:<hex>."),
  product_name: z
    .string()
    .max(128)
    .regex(
      /^[a-zA-Z][a-zA-Z0-9_-]*$/,
      "must be letters, digits, dashes and underscores, starting with a letter",
    )
    .describe("Name of the product."),
  product_version: z.string().describe("Version of the product."),
});

export const identitySchema = z.strictObject({
  product_id: z.string().min(1).describe("Domain and product: default.orders_360."),
  domain: z.string().min(1).describe("Domain that the product belongs to."),
  repository: z.string().describe("Repository that holds the product; may be empty."),
  namespace_registered: withDefault(z.boolean(), false).describe("Whether the catalog knows the namespace."),
  registration_timestamp: optional(time).describe("When the namespace was registered."),
});

export const manifestRefSchema = z.strictObject({
  name: z.string().describe("Name of the manifest."),
  version: z.string().describe("Its version."),
  scope: z.enum(["enterprise", "domain"]).describe("Its scope."),
  ref: z.string().describe("Where it was read."),
});
