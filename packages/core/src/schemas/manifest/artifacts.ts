import { z } from "zod";
import { optional, withDefault } from "../optional.ts";
import { regularExpression } from "../pattern.ts";
import { has, isMapping, reportRepeated, rule } from "../rule.ts";
import { secretReferenceSchema } from "../secret-reference.ts";

const resilienceSchema = z.strictObject({
  retry: optional(
    z.strictObject({
      max_attempts: withDefault(z.int().min(1).max(10), 3).describe("Attempts in all."),
      initial_delay_ms: withDefault(z.int().min(100), 1000).describe(
        "Wait before the second, in milliseconds.",
      ),
      backoff_multiplier: withDefault(z.number().min(1).max(5), 2).describe("How the wait grows."),
      max_delay_ms: withDefault(z.int().min(1000), 30_000).describe("Longest wait, in milliseconds."),
      jitter: withDefault(z.boolean(), true).describe("Whether waits vary by chance."),
    }),
  ).describe("Repetition of failed requests."),
  circuit_breaker: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), true).describe(
        "Whether a failing registry is left alone for a while.",
      ),
      failure_threshold: withDefault(z.int().min(1), 5).describe("Failures in a row after which it is."),
      recovery_timeout_ms: withDefault(z.int().min(1000), 60_000).describe("For how long, in milliseconds."),
      half_open_requests: withDefault(z.int().min(1), 1).describe("Requests that then try it."),
    }),
  ).describe("Rest for a failing registry."),
});

const signingSchema = z
  .strictObject({
    mode: z.enum(["keyless", "key-based"]).describe("How artifacts are signed."),
    oidc_issuer: optional(z.url()).describe("Issuer of identities, for keyless signing."),
    rekor_url: withDefault(z.url(), "https://rekor.sigstore.io/").describe("Transparency log."),
    fulcio_url: withDefault(z.url(), "https://fulcio.sigstore.dev/").describe("Certificate authority."),
    private_key_ref: optional(secretReferenceSchema).describe("Key, for key-based signing."),
  })
  .check(
    rule((value, report) => {
      const needed =
        value.mode === "keyless" ? "oidc_issuer" : value.mode === "key-based" ? "private_key_ref" : undefined;
      if (needed !== undefined && !has(value, needed)) {
        report([needed], `mode ${String(value.mode)} needs ${needed}`, { code: "CONFIG.MISSING_KEY" });
      }
      if (value.mode === "keyless" && has(value, "private_key_ref")) {
        report(["private_key_ref"], "mode keyless takes no key", {
          code: "CONFIG.INVALID_VALUE",
          next: ["Remove private_key_ref, or set mode: key-based."],
        });
      }
    }),
  );

const issuerSchema = z
  .strictObject({
    issuer: z.url().describe("Issuer of identities."),
    subject: optional(z.string().min(1)).describe("Identity, exactly."),
    subject_regex: optional(regularExpression(1000)).describe("Identity, as a regular expression."),
  })
  .check(
    rule((value, report) => {
      const given = ["subject", "subject_regex"].filter((key) => has(value, key));
      if (given.length !== 1) {
        report(["subject"], "one of subject and subject_regex is needed", { code: "CONFIG.INVALID_VALUE" });
      }
    }),
  );

const verificationSchema = z
  .strictObject({
    enabled: withDefault(z.boolean(), true).describe("Whether signatures are verified."),
    enforcement: withDefault(z.enum(["enforce", "warn", "off"]), "enforce").describe(
      "What a bad signature leads to.",
    ),
    trusted_issuers: withDefault(z.array(issuerSchema), []).describe("Whose signatures count."),
    require_rekor: withDefault(z.boolean(), true).describe("Whether the transparency log must have it."),
    require_sbom: withDefault(z.boolean(), false).describe("Whether a bill of materials must be there."),
    public_key_ref: optional(secretReferenceSchema).describe("Key, for key-based signatures."),
    environments: withDefault(
      z.record(
        z.string(),
        z.strictObject({
          enforcement: z.enum(["enforce", "warn", "off"]).describe("In place of the general one."),
          require_sbom: optional(z.boolean()).describe("In place of the general one."),
        }),
      ),
      {},
    ).describe("Differences by environment."),
    grace_period_days: withDefault(z.int().min(0).max(90), 7).describe(
      "Days that an expired certificate still counts.",
    ),
    private_infrastructure: withDefault(z.boolean(), false).describe(
      "Whether the signing services are the company's own.",
    ),
  })
  .check(
    rule((value, report) => {
      const issuers = Array.isArray(value.trusted_issuers) ? value.trusted_issuers : [];
      if (value.enabled !== true || issuers.length > 0 || has(value, "public_key_ref")) return;
      report(["trusted_issuers"], "verification needs trusted_issuers or public_key_ref", {
        code: "CONFIG.MISSING_KEY",
        why: "Without either, no signature could ever count.",
        next: ["Add one of the two, or set enabled: false."],
      });
    }),
  );

const registrySchema = z.strictObject({
  uri: z
    .string()
    .regex(
      /^oci:\/\/[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9](:[0-9]+)?(\/[a-zA-Z0-9._-]+)*$/,
      "must be oci://host/path",
    )
    .describe("Address of the OCI registry."),
  auth: z
    .strictObject({
      type: z
        .enum(["anonymous", "basic", "token", "aws-irsa", "azure-managed-identity", "gcp-workload-identity"])
        .describe("How to log in."),
      credentials_ref: optional(secretReferenceSchema).describe(
        "Secret with the login, for basic and token.",
      ),
    })
    .check(
      rule((value, report) => {
        const needed = value.type === "basic" || value.type === "token";
        const given = has(value, "credentials_ref");
        if (typeof value.type !== "string" || needed === given) return;
        report(["credentials_ref"], `type ${value.type} ${needed ? "needs" : "takes no"} credentials_ref`, {
          code: needed ? "CONFIG.MISSING_KEY" : "CONFIG.INVALID_VALUE",
        });
      }),
    )
    .describe("Login."),
  tls_verify: withDefault(z.boolean(), true).describe("Whether certificates are verified."),
  cache: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), true).describe("Whether artifacts are cached."),
      path: withDefault(z.string().min(1), "/var/cache/floe/oci").describe("Folder of the cache."),
      max_size_gb: withDefault(z.int().min(1), 10).describe("Its size, in gigabytes."),
      ttl_hours: withDefault(z.int().min(1), 24).describe("Hours that an artifact stays."),
    }),
  ).describe("Cache of artifacts."),
  resilience: optional(resilienceSchema).describe("What happens when the registry fails."),
  signing: optional(signingSchema).describe("Signing of artifacts."),
  verification: optional(verificationSchema).describe("Verification of signatures."),
});

const scannerSchema = z.strictObject({
  command: z.string().min(1).describe("Command of the scanner."),
  block_on_severity: withDefault(z.array(z.enum(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"])), [
    "CRITICAL",
    "HIGH",
  ]).describe("Finds that close the gate."),
  ignore_unfixed: withDefault(z.boolean(), false).describe("Whether finds without a fix count."),
  scanner_format: withDefault(z.enum(["trivy", "grype"]), "trivy").describe("Format of its report."),
  timeout_seconds: withDefault(z.int().min(30).max(3600), 600).describe("Limit, in seconds."),
});

const gateName = z.enum([
  "policy_compliance",
  "tests",
  "security_scan",
  "cost_analysis",
  "performance_baseline",
]);

const environmentSchema = z
  .strictObject({
    name: z
      .string()
      .max(50)
      .regex(/^[a-z][a-z0-9_-]*$/)
      .describe("Name of the environment."),
    gates: z
      .partialRecord(gateName, z.union([z.boolean(), scannerSchema]))
      .describe("What a promotion must pass."),
    gate_timeout_seconds: withDefault(z.int().min(30).max(3600), 300).describe(
      "Limit on a gate, in seconds.",
    ),
    authorization: optional(
      z.strictObject({
        allowed_groups: optional(z.array(z.string().min(1))).describe("Groups that may promote."),
        allowed_operators: optional(z.array(z.string().min(1))).describe("People that may promote."),
        separation_of_duties: withDefault(z.boolean(), false).describe(
          "Whether nobody may promote twice in a row.",
        ),
      }),
    ).describe("Who may promote into it."),
    lock: optional(
      z.strictObject({
        locked: z.boolean().describe("Whether promotions are stopped."),
        reason: optional(z.string().min(1)).describe("Why."),
        locked_by: optional(z.string().min(1)).describe("By whom."),
        locked_at: optional(z.iso.datetime({ offset: true })).describe("Since when."),
      }),
    ).describe("A stop of promotions."),
  })
  .check(
    rule((value, report) => {
      if (isMapping(value.gates) && value.gates.policy_compliance === false) {
        report(["gates", "policy_compliance"], "policy_compliance can't be switched off", {
          code: "CONFIG.INVALID_VALUE",
        });
      }
    }),
  );

const promotionSchema = z
  .strictObject({
    environments: optional(z.array(environmentSchema).min(1)).describe(
      "Environments, in the order of promotion.",
    ),
    audit_backend: withDefault(z.enum(["oci", "s3", "database"]), "oci").describe(
      "Where promotions are recorded.",
    ),
    default_timeout_seconds: withDefault(z.int().min(30).max(3600), 300).describe(
      "Limit on a promotion, in seconds.",
    ),
    webhooks: optional(
      z.array(
        z.strictObject({
          url: z.url().describe("Address that is told."),
          events: z
            .array(z.enum(["promote", "rollback", "lock", "unlock"]))
            .min(1)
            .describe("Of what."),
          headers: optional(z.record(z.string(), z.string())).describe("HTTP headers to send."),
          timeout_seconds: withDefault(z.int().min(1).max(300), 30).describe("Limit, in seconds."),
          retry_count: withDefault(z.int().min(0).max(10), 3).describe("Repetitions."),
        }),
      ),
    ).describe("Who is told of promotions."),
    gate_commands: optional(z.record(z.string(), z.union([z.string().min(1), scannerSchema]))).describe(
      "Commands of gates.",
    ),
    signature_enforcement: withDefault(z.enum(["enforce", "warn", "off"]), "enforce").describe(
      "What a bad signature leads to.",
    ),
    secondary_registries: optional(z.array(z.string().min(1))).describe("Registries that get copies."),
    verify_secondary_digests: withDefault(z.boolean(), true).describe("Whether copies are compared."),
  })
  .check(rule((value, report) => reportRepeated(value.environments, ["environments"], "name", report)));

/** Where compiled artifacts are published, and how they are promoted. */
export const artifactsConfigSchema = z.strictObject({
  registry: registrySchema.describe("The OCI registry."),
  promotion: optional(promotionSchema).describe("The way from environment to environment."),
});
