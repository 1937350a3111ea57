import { editorSchema, floeSpecSchema, manifestSchema } from "@floe/core";
import { compiledArtifactsSchema } from "@floe/core/artifacts";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { artifacts, manifest, product, withValue } from "./documents.ts";

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
  description?: string;
  default?: unknown;
}

const root = (schema: z.ZodType): Node => editorSchema(schema) as Node;

function validator(schema: z.ZodType) {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(editorSchema(schema));
}

/** What may stand at a node: itself, and the branches of its unions. */
const branches = (node: Node): Node[] => [
  node,
  ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(branches),
];

const propertiesOf = (node: Node): [string, Node][] =>
  branches(node).flatMap((one) => Object.entries(one.properties ?? {}));

const within = (node: Node): Node[] =>
  branches(node).flatMap(({ items, additionalProperties: values }) => [
    ...(items === undefined ? [] : [items]),
    ...(typeof values === "object" ? [values] : []),
  ]);

/** Paths of properties without a description: an editor would have nothing to say there. */
function undescribed(node: Node, path = ""): string[] {
  return [
    ...propertiesOf(node).flatMap(([key, property]) => [
      ...(property.description === undefined ? [`${path}.${key}`] : []),
      ...undescribed(property, `${path}.${key}`),
    ]),
    ...within(node).flatMap((inner) => undescribed(inner, `${path}[]`)),
  ];
}

/** The node at a path of keys. */
function nodeAt(node: Node, path: readonly string[]): Node | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  for (const [name, property] of propertiesOf(node)) {
    const found = name === key ? nodeAt(property, rest) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const minimalProduct = {
  apiVersion: "floe.dev/v1",
  kind: "FloeSpec",
  metadata: { name: "a", version: "1.0.0" },
};
const minimalManifest = {
  apiVersion: "floe.dev/v1",
  kind: "Manifest",
  metadata: { name: "a", version: "1.0.0", owner: "me" },
  plugins: {},
};

describe("the editors' schemas", () => {
  it.each([
    ["manifest.yaml", manifestSchema, manifest, minimalManifest, ["plugins", "compute", "typo"]],
    ["floe.yaml", floeSpecSchema, product, minimalProduct, ["metadata", "typo"]],
    ["compiled_artifacts.json", compiledArtifactsSchema, artifacts, artifacts(), ["deployment", "typo"]],
  ] as const)("of %s take what is valid, and refuse what isn't", (_name, schema, document, minimal, typo) => {
    const validate = validator(schema);
    for (const valid of [document(), minimal]) {
      expect(schema.safeParse(valid).error).toBeUndefined();
      expect(validate(valid), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(validate(withValue(document(), typo, 1))).toBe(false);
    expect(validate(withValue(document(), ["metadata"], undefined))).toBe(false);
    expect(validate({})).toBe(false);
  });

  it.each([
    ["manifest.yaml", manifestSchema],
    ["floe.yaml", floeSpecSchema],
    ["compiled_artifacts.json", compiledArtifactsSchema],
  ] as const)("of %s describe every key", (_name, schema) => {
    expect(undescribed(root(schema))).toEqual([]);
  });

  it("say what holds where a key is left out", () => {
    expect(nodeAt(root(floeSpecSchema), ["schedule", "timezone"])?.default).toBe("UTC");
    expect(nodeAt(root(manifestSchema), ["governance", "naming", "pattern"])?.default).toBe("medallion");
  });
});
