import { z } from "zod";
import { optional } from "../../optional.ts";
import { rule } from "../../rule.ts";
import { reportInlineSecrets } from "../../secret-free.ts";
import { catalogDeploymentSchema } from "./catalog.ts";
import { ingestionDeploymentSchema } from "./ingestion.ts";
import { storageDeploymentSchema } from "./storage.ts";

/** Mappings whose values are names of variables and of secrets' keys. */
const NAMES_ONLY = new Set(["env_refs", "keys", "credential_refs"]);

/** What a cluster needs to know of storage, catalog and ingestion. Secrets are named, never held. */
export const deploymentSchema = z
  .strictObject({
    storage: optional(storageDeploymentSchema).describe("The object store."),
    catalog: optional(catalogDeploymentSchema).describe("The Iceberg catalog."),
    ingestion: optional(ingestionDeploymentSchema).describe("Ingestion."),
  })
  .check(rule((value, report) => reportInlineSecrets(value, report, [], NAMES_ONLY)));
