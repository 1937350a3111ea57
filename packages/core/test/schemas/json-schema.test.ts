import { floeSpecSchema, manifestSchema } from "@floe/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { manifest, product, withValue } from "./documents.ts";

const validator = (schema: z.ZodType) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return ajv.compile(z.toJSONSchema(schema, { io: "input" }));
};

interface Node {
  properties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
  description?: string;
}

/** Paths of properties without a description: an editor would have nothing to say there. */
function undescribed(node: Node, path = ""): string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, property]) => [
    ...(property.description === undefined && key !== "type" ? [`${path}.${key}`] : []),
    ...undescribed(property, `${path}.${key}`),
  ]);
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.items ? [node.items] : [])];
  return [...own, ...inner.flatMap((one) => undescribed(one, path))];
}

describe("the editors' schemas", () => {
  it.each([
    ["manifest.yaml", manifestSchema, manifest, ["plugins", "compute", "typo"]],
    ["floe.yaml", floeSpecSchema, product, ["metadata", "typo"]],
  ] as const)(
    "of %s take what is valid, refuse a typo, and describe every key",
    (_name, schema, document, typo) => {
      const validate = validator(schema);
      expect(validate(document()), JSON.stringify(validate.errors)).toBe(true);
      expect(validate(withValue(document(), typo, 1))).toBe(false);
      expect(undescribed(z.toJSONSchema(schema, { io: "input" }) as Node)).toEqual([]);
    },
  );
});
