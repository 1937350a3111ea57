import type { ExpectationType } from "@floe/core";

/** What a dbt test was given. */
export interface TestArguments {
  /** The column that it is declared on, without quotes. */
  column: string | undefined;
  kwargs: Readonly<Record<string, unknown>>;
  /** The table behind `ref('orders')`. */
  tableOf(reference: unknown): string[] | undefined;
}

/** What makes an expectation of it, to be checked against the schema of expectations. */
export type Translation = { type: ExpectationType } & Readonly<Record<string, unknown>>;

interface Word {
  /** Arguments that the translation has a place for. With any other that says something, there is none. */
  takes: readonly string[];
  translate: (test: TestArguments) => Translation | undefined;
}

const word = (takes: readonly string[], translate: Word["translate"]): Word => ({ takes, translate });

const BOUNDS = ["min_value", "max_value"];
const bounds = ({ min_value, max_value }: TestArguments["kwargs"]) => ({
  ...(min_value == null ? {} : { min: min_value }),
  ...(max_value == null ? {} : { max: max_value }),
});

const between = (type: ExpectationType, more: Readonly<Record<string, unknown>> = {}): Word =>
  word(BOUNDS, ({ column, kwargs }) => ({ type, column, ...more, ...bounds(kwargs) }));

const equal = (type: ExpectationType): Word =>
  word(["value"], ({ column, kwargs }) => ({ type, column, min: kwargs.value, max: kwargs.value }));

const rowCount = (range: (kwargs: TestArguments["kwargs"]) => object, takes: readonly string[]): Word =>
  word(takes, ({ kwargs }) => ({ type: "row_count_between", ...range(kwargs) }));

const notNull = word([], ({ column }) => ({ type: "not_null", column }));
const unique = word([], ({ column }) => ({ type: "unique", columns: [column] }));
const isTrue = word(["expression"], ({ column, kwargs }) => ({
  type: "expression",
  expression: column === undefined ? kwargs.expression : `${column} ${String(kwargs.expression)}`,
}));

const HOURS: Readonly<Record<string, number>> = {
  second: 1 / 3600,
  minute: 1 / 60,
  hour: 1,
  day: 24,
  week: 168,
};
const recent = (column: (test: TestArguments) => unknown, more: readonly string[]): Word =>
  word(["datepart", "interval", ...more], (test) => ({
    type: "freshness",
    column: column(test),
    maxAgeHours: Number(test.kwargs.interval) * (HOURS[String(test.kwargs.datepart)] ?? Number.NaN),
  }));

/** dbt's tests by name, those of packages as `package.name`, and their meaning in the common vocabulary. */
const VOCABULARY: ReadonlyMap<string, Word> = new Map([
  ["not_null", notNull],
  ["unique", unique],
  [
    "accepted_values",
    word(["values", "quote"], ({ column, kwargs }) => ({
      type: "accepted_values",
      column,
      values: kwargs.values,
    })),
  ],
  [
    "relationships",
    word(["to", "field"], ({ column, kwargs, tableOf }) => ({
      type: "relationships",
      column,
      to: tableOf(kwargs.to),
      field: kwargs.field,
    })),
  ],
  [
    "dbt_utils.unique_combination_of_columns",
    word(["combination_of_columns", "quote_columns"], ({ kwargs }) => ({
      type: "unique",
      columns: kwargs.combination_of_columns,
    })),
  ],
  ["dbt_utils.expression_is_true", isTrue],
  [
    "dbt_utils.accepted_range",
    word([...BOUNDS, "inclusive"], ({ column, kwargs }) =>
      kwargs.inclusive === false ? undefined : { type: "between", column, ...bounds(kwargs) },
    ),
  ],
  ["dbt_utils.recency", recent(({ kwargs }) => kwargs.field, ["field"])],
  ["dbt_expectations.expression_is_true", isTrue],
  ["dbt_expectations.expect_column_values_to_not_be_null", notNull],
  ["dbt_expectations.expect_column_values_to_be_unique", unique],
  [
    "dbt_expectations.expect_compound_columns_to_be_unique",
    word(["column_list", "quote_columns"], ({ kwargs }) => ({ type: "unique", columns: kwargs.column_list })),
  ],
  ["dbt_expectations.expect_column_values_to_be_between", between("between")],
  [
    "dbt_expectations.expect_column_values_to_be_in_set",
    word(["value_set", "quote_values"], ({ column, kwargs }) => ({
      type: "accepted_values",
      column,
      values: kwargs.value_set,
    })),
  ],
  [
    "dbt_expectations.expect_column_values_to_match_regex",
    word(["regex", "is_raw"], ({ column, kwargs }) => ({
      type: "matches_regex",
      column,
      regex: kwargs.regex,
    })),
  ],
  ["dbt_expectations.expect_table_row_count_to_be_between", rowCount(bounds, BOUNDS)],
  [
    "dbt_expectations.expect_table_row_count_to_equal",
    rowCount(({ value }) => ({ min: value, max: value }), ["value"]),
  ],
  ["dbt_expectations.expect_column_mean_to_be_between", between("mean_between")],
  ["dbt_expectations.expect_column_median_to_be_between", between("quantile_between", { quantile: 0.5 })],
  [
    "dbt_expectations.expect_column_quantile_values_to_be_between",
    word([...BOUNDS, "quantile"], ({ column, kwargs }) => ({
      type: "quantile_between",
      column,
      quantile: kwargs.quantile,
      ...bounds(kwargs),
    })),
  ],
  ["dbt_expectations.expect_column_unique_value_count_to_be_between", between("distinct_count_between")],
  ["dbt_expectations.expect_column_distinct_count_to_equal", equal("distinct_count_between")],
  ["dbt_expectations.expect_row_values_to_have_recent_data", recent(({ column }) => column, [])],
]);

/** Arguments that are read elsewhere: what is tested, and which rows. */
const ELSEWHERE = ["model", "column_name", "row_condition"];

/** A test in the common vocabulary; undefined where that has no word for it, or not for all that it asks. */
export function translated(name: string, test: TestArguments): Translation | undefined {
  const known = VOCABULARY.get(name);
  if (known === undefined) return undefined;
  const places = [...ELSEWHERE, ...known.takes];
  const says = ([key, value]: [string, unknown]): boolean =>
    !places.includes(key) && value != null && value !== false;
  return Object.entries(test.kwargs).some(says) ? undefined : known.translate(test);
}

/** Whether a test is one that a package which the vocabulary knows is known to have. */
export function isKnownTest(name: string): boolean {
  return VOCABULARY.has(name);
}
