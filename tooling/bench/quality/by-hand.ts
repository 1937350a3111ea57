/**
 * The same checks as the best SQL that we can write by hand for this very table: `by-hand.ts <folder>`. It
 * knows what it has before it, so it has a trick for each column; nothing is looked up, and nothing is told
 * but numbers.
 */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { answer } from "./answer.ts";
import {
  BOUNDS,
  EXPECTATIONS,
  EXPRESSIONS,
  QUANTILES,
  QUANTITIES,
  REGEXES,
  REGIONS,
  SKUS,
  STATUSES,
} from "./expectations.ts";

const [dir = "."] = process.argv.slice(2);
const instance = await DuckDBInstance.create(join(dir, "orders.duckdb"), { access_mode: "READ_ONLY" });
const connection = await instance.connect();

async function ask(sql: string): Promise<unknown[]> {
  const [row = []] = (await connection.runAndReadAll(sql)).getRowsJson();
  return row as unknown[];
}

const inList = (column: string, values: readonly (string | number)[]): string =>
  `count_if(${column} NOT IN (SELECT unnest([${values.map((value) => (typeof value === "number" ? value : `'${value}'`)).join(", ")}])))`;
const literal = (value: number | string): string =>
  typeof value === "number" ? String(value) : `'${value}'`;

const missing = [
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
const scan = await ask(`SELECT
  ${missing.map((column) => `count(*) - count(${column})`).join(", ")},
  ${BOUNDS.map(([column, min, max]) => `count_if(${column} NOT BETWEEN ${literal(min)} AND ${literal(max)})`).join(", ")},
  count_if(status = 'paid' AND amount NOT BETWEEN 1 AND 9000),
  count_if(status = 'sent' AND quantity NOT BETWEEN 1 AND 90),
  count_if(status = 'done' AND weight NOT BETWEEN 1 AND 900),
  ${REGEXES.map(([column, regex]) => `count_if(NOT regexp_matches(${column}, '${regex}'))`).join(", ")},
  count(*), count(*), count_if(created_at IS NOT NULL) > 0,
  avg(amount), avg(quantity), avg(weight), avg(customer_id),
  ${EXPRESSIONS.map((expression) => `count_if(NOT (${expression}))`).join(", ")}
  FROM orders`);
const lists = await ask(
  `SELECT ${inList("status", STATUSES)}, ${inList("region", REGIONS)}, ${inList("sku", SKUS)}, ${inList("quantity", QUANTITIES)} FROM orders`,
);
const dangling = await ask(
  "SELECT count(*) FROM (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL) ANTI JOIN customers USING (customer_id)",
);
const quantiles: unknown[] = [];
for (const column of ["amount * 100", "quantity * 1", "weight"]) {
  const [found] = await ask(
    `SELECT quantile_cont((${column})${column === "weight" ? "" : "::BIGINT"}, [${QUANTILES.join(", ")}]) FROM orders`,
  );
  quantiles.push(...(found as number[]).map((value) => (column === "amount * 100" ? value / 100 : value)));
}
// If the numbers are unique, so is every key that has them in it.
const [highest] = await ask("SELECT max(id) FROM orders");
const [sameId] = await ask(`SELECT count(id) - bit_count(bitstring_agg(id, 0, ${highest})) FROM orders`);
const [sameOrder] = await ask("SELECT count(*) - count(DISTINCT hash(order_no)) FROM orders");
const few = await ask(
  "SELECT count(DISTINCT status), count(DISTINCT region), count(DISTINCT sku), count(DISTINCT customer_id), count(DISTINCT shipped_on) FROM orders",
);
const [emails] = await ask(
  "SELECT count(*) FROM (SELECT DISTINCT email FROM orders WHERE email IS NOT NULL)",
);
connection.closeSync();
instance.closeSync();

const [bounds, rest] = [12 + BOUNDS.length, 12 + BOUNDS.length + 3 + REGEXES.length];
const inOrder = [
  ...scan.slice(0, 12),
  sameId,
  sameOrder,
  sameId,
  ...lists,
  ...dangling,
  ...scan.slice(12, bounds),
  ...scan.slice(bounds, rest + 7),
  ...quantiles,
  ...few,
  emails,
  ...scan.slice(rest + 7),
];
answer(Object.fromEntries(EXPECTATIONS.map(({ name }, index) => [name, Number(inOrder[index])])));
