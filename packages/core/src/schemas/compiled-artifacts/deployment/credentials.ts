import { z } from "zod";
import { optional, withDefault } from "../../optional.ts";
import { has, rule } from "../../rule.ts";

/** Where a workload in a cluster gets its credentials from. */
export const credentialSource = z.enum([
  "kubernetes-secret",
  "environment",
  "workload-identity",
  "external-secret-sync",
  "csi-secret-volume",
  "none",
]);

/** Names of environment variables, by what they are for. Never their values. */
export const envRefs = withDefault(z.record(z.string(), z.string()), {});

/** A secret in a cluster, by name. */
export const kubernetesSecretSchema = z.strictObject({
  name: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "must be a name as Kubernetes has them")
    .describe("Name of the secret."),
  namespace: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must be a namespace as Kubernetes has them")
    .describe("Its namespace."),
  keys: withDefault(z.record(z.string(), z.string()), {}).describe("Keys within it, by what they are for."),
});

const credentialRefSchema = z
  .strictObject({
    source: credentialSource.describe("Where the credential is kept."),
    name: z.string().min(1).describe("Its name there."),
    key: optional(z.string()).describe("Key within it."),
  })
  .check(
    rule((value, report) => {
      if (value.source !== "kubernetes-secret" || has(value, "key")) return;
      report(["key"], "a kubernetes-secret needs a key", { code: "ARTIFACTS.INVALID" });
    }),
  );

export const credentialRefs = withDefault(z.record(z.string(), credentialRefSchema), {}).describe(
  "Credentials, by what they are for.",
);
