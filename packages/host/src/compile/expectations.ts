import {
  type DbtManifest,
  type DbtNode,
  type Expectation,
  expectationSchema,
  FloeError,
  type FloeSpec,
  modelsOf,
  type QualityCheck,
} from "@floe/core";
import type { Configuration } from "../config/load-configuration.ts";
import { suggest } from "../config/suggest.ts";

/** A check of `floe.yaml`, ready to run. */
export interface ModelExpectation {
  /** dbt's unique id of the model that it is about. */
  model: string;
  expectation: Expectation;
  /** Whether a failure stops what depends on the model. */
  critical: boolean;
}

const STATISTICAL = new Set(["mean_between", "quantile_between", "distinct_count_between"]);

/** Other frameworks' words for the same parameter. */
const SYNONYMS: Readonly<Record<string, string>> = {
  min_value: "min",
  max_value: "max",
  value_set: "values",
  pattern: "regex",
  max_age_hours: "maxAgeHours",
  column_list: "columns",
};

/**
 * The product's checks in the common vocabulary, each with the table that dbt gives its model.
 *
 * @returns Faults for transforms that are no models, and for checks that make no sense, at their lines.
 */
export function createExpectations(
  spec: FloeSpec,
  manifest: DbtManifest,
  configuration: Configuration,
): { expectations: ModelExpectation[]; faults: FloeError[] } {
  const models = new Map(modelsOf(manifest).map((model) => [model.name, model]));
  const expectations: ModelExpectation[] = [];
  const faults: FloeError[] = [];
  for (const [index, { name, qualityChecks = [] }] of (spec.transforms ?? []).entries()) {
    const model = models.get(name);
    if (model === undefined) {
      const meant = suggest(name, [...models.keys()]);
      faults.push(
        new FloeError("CONFIG.REFERENCE", `The dbt project has no model "${name}".`, {
          next: [
            meant === undefined ? "Remove the transform, or add the model." : `Did you mean "${meant}"?`,
          ],
          where: configuration.placeInProduct(["transforms", index, "name"]),
        }),
      );
      continue;
    }
    for (const [at, check] of qualityChecks.entries()) {
      if (!check.enabled) continue;
      const parsed = expectationSchema.safeParse(expectationOf(check, model, models));
      if (parsed.success) {
        const critical = check.severity === "critical";
        expectations.push({ model: model.unique_id, expectation: parsed.data, critical });
        continue;
      }
      for (const issue of parsed.error.issues) {
        faults.push(invalidCheck(check, issue, configuration, ["transforms", index, "qualityChecks", at]));
      }
    }
  }
  return { expectations, faults };
}

/** The table of a model, in parts. */
export function tableOf({ database, schema, alias, name }: DbtNode): string[] {
  return [database, schema, alias ?? name].filter(
    (part) => typeof part === "string" && part !== "",
  ) as string[];
}

function expectationOf(
  { name, type, column, severity, class: own, custom_weight, parameters }: QualityCheck,
  model: DbtNode,
  models: ReadonlyMap<string, DbtNode>,
): Record<string, unknown> {
  const given = Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [SYNONYMS[key] ?? key, value]),
  );
  const usualClass =
    severity === "critical" ? "critical" : STATISTICAL.has(type) ? "statistical" : "standard";
  return {
    ...given,
    ...(column === undefined ? {} : type === "unique" ? { columns: given.columns ?? [column] } : { column }),
    ...(type === "relationships" ? { to: referredTable(given.to, models) } : {}),
    name,
    type,
    table: tableOf(model),
    severity: severity === "critical" ? "error" : "warn",
    class: own ?? usualClass,
    ...(custom_weight === undefined ? {} : { weight: custom_weight }),
  };
}

/** `ref('orders')`, `orders`, `schema.orders`, or a list of parts. */
function referredTable(to: unknown, models: ReadonlyMap<string, DbtNode>): unknown {
  if (typeof to !== "string") return to;
  const name = /^ref\(\s*['"](\w+)['"]\s*\)$/.exec(to)?.[1] ?? to;
  const model = models.get(name);
  return model === undefined ? name.split(".") : tableOf(model);
}

function invalidCheck(
  { name, type }: QualityCheck,
  issue: { path: PropertyKey[]; message: string; code: string },
  configuration: Configuration,
  path: readonly PropertyKey[],
): FloeError {
  const [key] = issue.path;
  const own = key === "type" || key === "column" ? [...path, key] : [...path, "parameters", ...issue.path];
  const types = expectationSchema.options.map(({ shape }) => shape.type.value);
  const known = types.some((one) => one === type);
  const meant = suggest(type, types);
  const what = known ? `${String(key ?? "it")}: ${issue.message}` : `there is no type "${type}"`;
  return new FloeError("QUALITY.INVALID_EXPECTATION", `The check ${name} can't be run: ${what}.`, {
    next: known
      ? ["See the parameters of each type in the description of quality checks: floe schema floe."]
      : [meant === undefined ? `The types are ${types.join(", ")}.` : `Did you mean "${meant}"?`],
    where: configuration.placeInProduct(own),
  });
}
