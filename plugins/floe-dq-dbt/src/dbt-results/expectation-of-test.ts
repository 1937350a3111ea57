import { type DbtManifest, type DbtNode, type Expectation, expectationSchema } from "@floe/core";
import { z } from "zod";
import { type Translation, translated } from "./test-vocabulary.ts";
import { referredTable, testedTable } from "./tested-table.ts";

/** Tests about a column's distribution rather than its rows. */
const STATISTICAL = /mean|median|quantile|stdev|distinct_count|unique_value_count|proportion/;

/** What a test's `config.meta` may say to floe, at its top or below `floe`. */
const metaSchema = z.object({
  class: z.enum(["critical", "standard", "statistical"]).optional().catch(undefined),
  weight: z.number().positive().optional().catch(undefined),
});

/**
 * A dbt test as an expectation. One that the common vocabulary has no word for is an `expression` whose text
 * names dbt's test: nobody but dbt can evaluate it.
 */
export function expectationOfTest(manifest: DbtManifest, test: DbtNode): Expectation {
  const { name: kind, namespace, kwargs = {} } = test.test_metadata ?? {};
  const qualified = kind === undefined || namespace == null ? kind : `${namespace}.${kind}`;
  const common = {
    name: test.name,
    table: testedTable(manifest, test),
    severity: test.config?.severity?.toLowerCase() === "warn" ? "warn" : "error",
    class: namespace != null && kind !== undefined && STATISTICAL.test(kind) ? "statistical" : "standard",
    ...declared(test),
    ...where(test, kwargs.row_condition),
  };
  const translation =
    qualified === undefined
      ? undefined
      : translated(qualified, {
          column: unquoted(test.column_name ?? kwargs.column_name),
          kwargs,
          tableOf: (reference) => referredTable(manifest, test, reference),
        });
  const expectation = translation === undefined ? undefined : asExpectation(common, translation);
  return (
    expectation ??
    expectationSchema.parse({
      ...common,
      type: "expression",
      expression: description(test, qualified, kwargs),
    })
  );
}

function asExpectation(common: object, translation: Translation): Expectation | undefined {
  // Types without a column say so by refusing the key.
  const given = Object.fromEntries(Object.entries(translation).filter(([, value]) => value !== undefined));
  const { data } = expectationSchema.safeParse({ ...common, ...given });
  // dbt renders some arguments only while it runs; the manifest then has the template.
  return data === undefined || JSON.stringify(given).includes("{{") ? undefined : data;
}

function declared({ config, meta }: DbtNode): object {
  const all = config?.meta ?? meta ?? {};
  const { class: kind, weight } = { ...said(all), ...said(all.floe) };
  return { ...(kind === undefined ? {} : { class: kind }), ...(weight === undefined ? {} : { weight }) };
}

function said(meta: unknown): z.output<typeof metaSchema> {
  const given = metaSchema.safeParse(meta).data ?? {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function where({ config }: DbtNode, rowCondition: unknown): object {
  const conditions = [config?.where, rowCondition].filter(
    (condition) => typeof condition === "string" && condition.trim() !== "",
  );
  if (conditions.length === 0) return {};
  return {
    where: conditions.length === 1 ? conditions[0] : conditions.map((one) => `(${one})`).join(" and "),
  };
}

function unquoted(column: unknown): string | undefined {
  return typeof column === "string" ? column.replace(/^(["`])(.*)\1$/, "$2") : undefined;
}

function description(
  test: DbtNode,
  qualified: string | undefined,
  kwargs: Readonly<Record<string, unknown>>,
): string {
  if (qualified === undefined) return `dbt test ${test.original_file_path ?? test.name}`;
  const given = Object.entries(kwargs)
    .filter(([key]) => key !== "model")
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `dbt test ${qualified}(${given.join(", ")})`;
}
