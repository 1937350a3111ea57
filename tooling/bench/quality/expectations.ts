/** An expectation of the common vocabulary, without its table. */
export type Asked = { name: string; type: string; [key: string]: unknown };

const COLUMNS = [
  "id",
  "order_no",
  "customer_id",
  "status",
  "region",
  "sku",
  "amount",
  "quantity",
  "weight",
  "email",
  "created_at",
  "shipped_on",
];

export const STATUSES = ["new", "paid", "sent", "done", "void"];
export const REGIONS = Array.from({ length: 500 }, (_, index) => `R${index}`);
/** All but the last ten of those in the table. */
export const SKUS = Array.from({ length: 990 }, (_, index) => `S${String(index).padStart(5, "0")}`);
export const QUANTITIES = Array.from({ length: 90 }, (_, index) => index);

/** Bounds of each column: some hold, some don't. */
export const BOUNDS: readonly [column: string, min: number | string, max: number | string][] = [
  ["id", 0, 99_999_999],
  ["id", 100, 99_999_999],
  ["customer_id", 0, 200_002],
  ["customer_id", 1, 200_000],
  ["customer_id", 10, 200_000],
  ...[0, 1, 5, 10, 50, 100, 500].map((low): [string, number, number] => ["amount", low, 10_000 - low]),
  ...[0, 1, 2, 5, 10].map((low): [string, number, number] => ["quantity", low, 99 - low]),
  ...[0, 0.5, 1, 5, 10, 100].map((low): [string, number, number] => ["weight", low, 1000 - low]),
  ["created_at", "2024-01-01 00:00:00", "2026-01-01 00:00:00"],
  ["created_at", "2024-06-01 00:00:00", "2025-06-01 00:00:00"],
  ["shipped_on", "2024-01-01", "2025-12-31"],
  ["shipped_on", "2024-06-01", "2025-06-01"],
];

export const REGEXES: readonly [column: string, regex: string][] = [
  ["order_no", "^O-[0-9]{10}$"],
  ["sku", "^S[0-9]{5}$"],
  ["region", "^R[0-9]+$"],
  ["status", "^[a-z]{4}$"],
  ["email", "^[^@]+@example[.](com|org|net)$"],
  ["email", "[.]org$"],
];

export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

export const EXPRESSIONS = [
  "amount >= 0 OR quantity > 0",
  "quantity * amount < 900000",
  "status <> 'void' OR amount IS NOT NULL",
  "shipped_on >= CAST(created_at AS DATE)",
  "length(order_no) = 12",
  "length(email) < 40",
  "email LIKE '%@example.%'",
  "weight / 1000 < 1",
  "sku <> region",
  "customer_id <> id",
  "extract(year FROM created_at) BETWEEN 2024 AND 2025",
  "amount <> 0",
  "upper(status) <> 'VOID'",
  "quantity + weight > 1",
  "region || sku <> 'R1S00001'",
  "amount * 2 >= amount",
];

/** A hundred: the mix of a table that is looked after well. */
export const EXPECTATIONS: readonly Asked[] = [
  ...COLUMNS.map((column) => ({ type: "not_null", column })),
  { type: "unique", columns: ["id"] },
  { type: "unique", columns: ["order_no"] },
  { type: "unique", columns: ["id", "order_no"] },
  { type: "accepted_values", column: "status", values: STATUSES },
  { type: "accepted_values", column: "region", values: REGIONS },
  { type: "accepted_values", column: "sku", values: SKUS },
  { type: "accepted_values", column: "quantity", values: QUANTITIES },
  { type: "relationships", column: "customer_id", to: ["main", "customers"], field: "customer_id" },
  ...BOUNDS.map(([column, min, max]) => ({ type: "between", column, min, max })),
  { type: "between", column: "amount", min: 1, max: 9000, where: "status = 'paid'" },
  { type: "between", column: "quantity", min: 1, max: 90, where: "status = 'sent'" },
  { type: "between", column: "weight", min: 1, max: 900, where: "status = 'done'" },
  ...REGEXES.map(([column, regex]) => ({ type: "matches_regex", column, regex })),
  { type: "row_count_between", min: 1 },
  { type: "row_count_between", min: 1, max: 1_000_000_000 },
  { type: "freshness", column: "created_at", maxAgeHours: 1_000_000 },
  ...["amount", "quantity", "weight", "customer_id"].map((column) => ({
    type: "mean_between",
    column,
    min: 1,
  })),
  ...["amount", "quantity", "weight"].flatMap((column) =>
    QUANTILES.map((quantile) => ({ type: "quantile_between", column, quantile, min: 0 })),
  ),
  ...["status", "region", "sku", "customer_id", "shipped_on", "email"].map((column) => ({
    type: "distinct_count_between",
    column,
    min: 1,
  })),
  ...EXPRESSIONS.map((expression) => ({ type: "expression", expression })),
].map((expectation, index) => ({ name: `c${index}_${expectation.type}`, ...expectation }));
