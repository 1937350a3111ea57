import { z } from "zod";

const column = z.string().min(1).describe("The column that is checked.");
const bound = z.union([z.number(), z.string()]);
const name = z.string().min(1).describe("Name of the expectation; unique within its table.");
const table = z
  .array(z.string().min(1))
  .min(1)
  .max(3)
  .describe("The table's name in parts, without quotes: [schema, table] or [database, schema, table].");

const common = {
  name,
  table,
  severity: z
    .enum(["error", "warn"])
    .default("error")
    .describe("Whether a failure stops what depends on the table, or is only told."),
  class: z
    .enum(["critical", "standard", "statistical"])
    .default("standard")
    .describe("Chooses the weight in the score."),
  weight: z.number().positive().optional().describe("Weight in the score, in place of the class's."),
  where: z.string().min(1).optional().describe("SQL condition: only rows that meet it are checked."),
};

const atLeastOneBound = {
  message: "needs `min`, `max` or both",
  path: ["min"],
};
const hasBound = (value: { min?: unknown; max?: unknown }): boolean =>
  value.min !== undefined || value.max !== undefined;

/**
 * The common vocabulary of expectations, which each framework's plugin translates. The same expectations
 * on the same data give the same verdict and the same number of failing rows in every plugin.
 *
 * Edge values, for all of them: rows where the column is NULL break `not_null` and nothing else; an empty
 * table passes everything except `row_count_between` with a `min`, and `freshness`.
 */
export const expectationSchema = z.discriminatedUnion("type", [
  z.strictObject({ ...common, type: z.literal("not_null"), column }),
  z.strictObject({
    ...common,
    type: z.literal("unique"),
    columns: z.array(z.string().min(1)).min(1).describe("Columns that identify a row together."),
  }),
  z.strictObject({
    ...common,
    type: z.literal("accepted_values"),
    column,
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
  }),
  z.strictObject({
    ...common,
    type: z.literal("relationships"),
    column,
    to: table.describe("The table that is referred to."),
    field: z.string().min(1).describe("The column there."),
  }),
  z
    .strictObject({
      ...common,
      type: z.literal("between"),
      column,
      min: bound.optional().describe("Inclusive."),
      max: bound.optional().describe("Inclusive."),
    })
    .refine(hasBound, atLeastOneBound),
  z.strictObject({
    ...common,
    type: z.literal("matches_regex"),
    column,
    regex: z.string().min(1).describe("Matches if found anywhere in the value; RE2 syntax."),
  }),
  z
    .strictObject({
      ...common,
      type: z.literal("row_count_between"),
      min: z.int().nonnegative().optional(),
      max: z.int().nonnegative().optional(),
    })
    .refine(hasBound, atLeastOneBound),
  z.strictObject({
    ...common,
    type: z.literal("freshness"),
    column: column.describe("Timestamp of the row."),
    maxAgeHours: z.number().positive().describe("How old the newest row may be."),
  }),
  z
    .strictObject({
      ...common,
      type: z.literal("mean_between"),
      column,
      min: z.number().optional(),
      max: z.number().optional(),
    })
    .refine(hasBound, atLeastOneBound),
  z
    .strictObject({
      ...common,
      type: z.literal("quantile_between"),
      column,
      quantile: z.number().min(0).max(1).describe("0.5 is the median; interpolated between neighbours."),
      min: z.number().optional(),
      max: z.number().optional(),
    })
    .refine(hasBound, atLeastOneBound),
  z
    .strictObject({
      ...common,
      type: z.literal("distinct_count_between"),
      column,
      min: z.int().nonnegative().optional(),
      max: z.int().nonnegative().optional(),
    })
    .refine(hasBound, atLeastOneBound),
  z.strictObject({
    ...common,
    type: z.literal("expression"),
    expression: z.string().min(1).describe("SQL condition that every row must meet; NULL counts as met."),
  }),
]);

/** One expectation: the specification's `QualityExpectation`. See {@link expectationSchema}. */
export type Expectation = z.output<typeof expectationSchema>;
export type ExpectationType = Expectation["type"];
