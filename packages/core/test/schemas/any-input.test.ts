import { ERROR_CODES, floeSpecSchema, manifestSchema, type RuleParams } from "@floe/core";
import { compiledArtifactsSchema } from "@floe/core/artifacts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { artifacts, manifest, product } from "./documents.ts";

type Path = (string | number)[];

/** The places of everything in a document. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [
    [...path, key],
    ...placesIn((value as Record<string | number, unknown>)[key], [...path, key]),
  ]);
}

const FREE = new Set([
  "labels",
  "field_mapping",
  "parameters",
  "config",
  "dbt_profiles",
  "credential_refs",
  "env_refs",
  "data_contracts",
  "resource_presets",
  "approved_plugins",
]);

const deleted = Symbol("deleted");

function mutated(document: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(document);
  let target = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) target = target[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  if (value !== deleted) target[last] = value;
  else if (Array.isArray(target)) target.splice(Number(last), 1);
  else delete target[last];
  return copy;
}

/** What a host may rely on in an issue: a code that exists, a place that exists up to its last key. */
function checkIssue(issue: z.core.$ZodIssue, document: unknown): void {
  if (issue.code === "custom") {
    expect(ERROR_CODES).toHaveProperty([(issue.params as RuleParams).code]);
    expect(issue.message).not.toBe("");
  }
  let value = document;
  for (const key of issue.path.slice(0, -1)) {
    expect(value).toBeTypeOf("object");
    value = (value as Record<PropertyKey, unknown>)[key];
  }
}

describe.each([
  ["manifest.yaml", manifestSchema, manifest()],
  ["floe.yaml", floeSpecSchema, product()],
  ["compiled_artifacts.json", compiledArtifactsSchema, artifacts()],
] as const)("any input for %s", (_name, schema, valid) => {
  it("is answered by a result or issues", () => {
    fc.assert(fc.property(fc.anything(), (value) => void schema.safeParse(value)));
  });

  it("that is nearly valid, by a result or issues that can be placed and coded", () => {
    const change = fc.tuple(
      fc.constantFrom(...placesIn(valid)),
      fc.oneof(fc.constant(deleted), fc.constant(null), fc.jsonValue({ maxDepth: 2 })),
    );
    fc.assert(
      fc.property(change, ([path, value]) => {
        const document = mutated(valid, path, value);
        for (const issue of schema.safeParse(document).error?.issues ?? []) checkIssue(issue, document);
      }),
      { numRuns: 300 },
    );
  });

  it("may have null wherever a key may be left out, and nowhere else", () => {
    for (const path of placesIn(valid)) {
      // In a list null is an entry; in mappings whose keys are the user's it is a value.
      const free = path.slice(0, -1).some((key) => FREE.has(String(key)));
      if (free || typeof path.at(-1) === "number") continue;
      const left = schema.safeParse(mutated(valid, path, deleted));
      const empty = schema.safeParse(mutated(valid, path, null));
      expect([path, empty.success]).toEqual([path, left.success]);
      expect(JSON.stringify(empty.data)).toBe(JSON.stringify(left.data));
    }
  });

  it("nested deeper than a stack reaches is no crash", () => {
    let deep: unknown = {};
    for (let level = 0; level < 50_000; level += 1) deep = level % 2 === 0 ? { host: deep } : [deep];
    for (const key of [...Object.keys(valid), "unknown"]) {
      expect(() => schema.safeParse({ ...valid, [key]: deep })).not.toThrow();
      expect(() => schema.safeParse({ ...valid, [key]: [{ config: deep }] })).not.toThrow();
    }
  });
});
