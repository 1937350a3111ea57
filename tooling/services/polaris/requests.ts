import { Ajv2020 } from "ajv/dist/2020.js";
import { Refusal } from "./answer.ts";

/**
 * The bodies that the management API takes, after its OpenAPI document.
 *
 * @see https://github.com/apache/polaris/blob/main/spec/polaris-management-service.yml
 */
const text = { type: "string" };
const version = { type: "integer" };
const properties = { type: "object", additionalProperties: text };
const name = {
  type: "string",
  minLength: 1,
  maxLength: 256,
  pattern: "^(?!\\s*[sS][yY][sS][tT][eE][mM]\\$).*$",
};
const object = (fields: Record<string, unknown>, required: string[] = []) => ({
  type: "object",
  properties: fields,
  required,
  additionalProperties: false,
});
const entity = {
  name,
  properties,
  createTimestamp: version,
  lastUpdateTimestamp: version,
  entityVersion: version,
};
const storage = (type: string, fields: Record<string, unknown>, required: string[] = []) =>
  object(
    {
      storageType: { const: type },
      allowedLocations: { type: "array", items: text },
      storageName: text,
      ...fields,
    },
    ["storageType", ...required],
  );
const flag = { type: "boolean" };
const storageConfigInfo = {
  oneOf: [
    storage("S3", {
      roleArn: text,
      externalId: text,
      userArn: text,
      region: text,
      endpoint: text,
      stsEndpoint: text,
      endpointInternal: text,
      stsUnavailable: flag,
      pathStyleAccess: flag,
      kmsUnavailable: flag,
    }),
    storage("GCS", { gcsServiceAccount: text }),
    storage("AZURE", { tenantId: text, multiTenantAppName: text, consentUrl: text, hierarchical: flag }, [
      "tenantId",
    ]),
    storage("FILE", {}),
  ],
};
const levels = { type: "array", items: text };
const grant = (type: string, fields: Record<string, unknown>) =>
  object({ type: { const: type }, privilege: text, ...fields }, [
    "type",
    "privilege",
    ...Object.keys(fields),
  ]);

const SCHEMAS = {
  createCatalog: object(
    {
      catalog: object(
        {
          ...entity,
          type: { enum: ["INTERNAL", "EXTERNAL"] },
          properties: { ...properties, required: ["default-base-location"] },
          storageConfigInfo,
        },
        ["name", "type", "storageConfigInfo", "properties"],
      ),
    },
    ["catalog"],
  ),
  updateCatalog: object({ currentEntityVersion: version, properties, storageConfigInfo }),
  createPrincipal: object({
    principal: object({ ...entity, clientId: text }, ["name"]),
    credentialRotationRequired: flag,
  }),
  update: object({ currentEntityVersion: version, properties }, ["currentEntityVersion", "properties"]),
  reset: object({ clientId: text, clientSecret: text }),
  principalRole: object({ principalRole: object({ ...entity, federated: flag }, ["name"]) }),
  catalogRole: object({ catalogRole: object(entity, ["name"]) }),
  grant: object(
    {
      grant: {
        oneOf: [
          grant("catalog", {}),
          grant("namespace", { namespace: levels }),
          grant("table", { namespace: levels, tableName: name }),
          grant("view", { namespace: levels, viewName: name }),
          grant("policy", { namespace: levels, policyName: text }),
        ],
      },
    },
    ["grant"],
  ),
};

const ajv = new Ajv2020({ allErrors: true, strict: false });
const validators = Object.fromEntries(
  Object.entries(SCHEMAS).map(([key, schema]) => [key, ajv.compile(schema)]),
);

/** A body that is what the request takes. @throws Refusal 400, as for any field that the API doesn't have. */
// biome-ignore lint/suspicious/noExplicitAny: checked right here
export function bodyOf(kind: keyof typeof SCHEMAS, body: unknown): any {
  const validate = validators[kind];
  if (validate?.(body)) return body;
  const faults = (validate?.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  throw new Refusal(400, "UnrecognizedPropertyException", `Invalid request: ${faults.join("; ")}`);
}
