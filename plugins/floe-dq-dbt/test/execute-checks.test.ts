import {
  type DatabaseConnection,
  type ExpectationResult,
  expectationSchema,
  FloeError,
  type PluginImplementation,
} from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-dq-dbt";
import { describe, expect, it, onTestFinished } from "vitest";
import { sampleDatabase } from "./sample-database.ts";

const quality: PluginImplementation<"data_quality"> = plugin.create(
  {},
  createTestContext({ kind: "data_quality", name: "dbt_expectations", dir: "/nowhere" }),
);

async function database(...statements: string[]): Promise<DatabaseConnection> {
  const connection = await sampleDatabase("/nowhere", async (opened) => {
    for (const statement of statements) await opened.query(statement);
  });
  onTestFinished(() => connection.close());
  return connection;
}

async function check(
  connection: DatabaseConnection,
  given: Record<string, unknown>,
  sampleRows = 0,
): Promise<ExpectationResult> {
  const expectation = expectationSchema.parse({ name: "it", table: ["main", "t"], ...given });
  const { results } = await quality.executeChecks(connection, [expectation], { sampleRows });
  const [result] = results;
  if (result === undefined) throw new Error("There is no result.");
  return result;
}

const ROWS =
  "CREATE TABLE t AS SELECT * FROM (VALUES (1, 1, 'a'), (1, 1, 'b'), (1, NULL, '2'), (NULL, NULL, NULL), (NULL, NULL, NULL), (7, 2, '3')) v (k, l, s)";

describe("expectations about rows", () => {
  it("count all rows of repeated keys, and a key that is NULL in part is none", async () => {
    const connection = await database(ROWS);
    expect(await check(connection, { type: "unique", columns: ["k"] })).toMatchObject({ failingRows: 3 });
    expect(await check(connection, { type: "unique", columns: ["k", "l"] })).toMatchObject({
      failingRows: 2,
    });
    const where = { where: "s <> 'a' -- not the first" };
    expect(await check(connection, { type: "unique", columns: ["k"], ...where })).toMatchObject({
      failingRows: 2,
    });
  });

  it("count rows that refer to nothing, each once, whatever stands twice on the other side", async () => {
    const connection = await database(ROWS, "CREATE TABLE parents AS SELECT unnest([1, 1, NULL]) AS id");
    const known = { type: "relationships", column: "k", to: ["main", "parents"], field: "id" };
    expect(await check(connection, known)).toMatchObject({ status: "failed", failingRows: 1 });
    expect(await check(connection, { ...known, where: "k < 7" })).toMatchObject({ failingRows: 0 });
    const missing = await check(connection, { ...known, to: ["main", "nobody"] });
    expect(missing).toMatchObject({ status: "error", failingRows: null });
    expect(missing.message).toMatch(/nobody/);
  });

  it("compare listed numbers with text as text, and with numbers as numbers", async () => {
    const connection = await database(ROWS);
    const values = { type: "accepted_values", values: [2, 3] };
    expect(await check(connection, { ...values, column: "s" })).toMatchObject({ failingRows: 2 });
    expect(await check(connection, { ...values, column: "k", values: [1, 6.6] })).toMatchObject({
      failingRows: 1,
    });
  });

  it("compare dates with bounds in ISO 8601", async () => {
    const connection = await database(
      "CREATE TABLE t AS SELECT unnest([DATE '2024-01-01', '2024-06-01']) AS day",
    );
    const since = { type: "between", column: "day", min: "2024-02-01", max: "2024-06-01" };
    expect(await check(connection, since)).toMatchObject({ failingRows: 1 });
  });

  it("give the rows themselves where they are asked for", async () => {
    const connection = await database(ROWS);
    const { samples } = await check(connection, { type: "unique", columns: ["k"] }, 10);
    expect(samples).toHaveLength(3);
    expect(samples).toContainEqual({ k: 1, l: null, s: "2" });
    expect((await check(connection, { type: "expression", expression: "s <> 'a'" }, 1)).samples).toEqual([
      { k: 1, l: 1, s: "a" },
    ]);
  });

  it("don't take the table's own name, or floe's, for a column", async () => {
    const connection = await database(ROWS);
    for (const column of ["t", "failures", "measured"]) {
      expect(await check(connection, { type: "not_null", column })).toMatchObject({ status: "error" });
      expect(await check(connection, { type: "mean_between", column, min: 0 })).toMatchObject({
        status: "error",
      });
    }
  });
});

describe("expectations about the table", () => {
  it("tell what was found", async () => {
    const connection = await database(ROWS);
    expect(await check(connection, { type: "row_count_between", max: 5 })).toMatchObject({
      status: "failed",
      observed: "6",
      rowsChecked: 6,
    });
    const median = { type: "quantile_between", column: "k", quantile: 0.5, min: 1, max: 1 };
    expect(await check(connection, median)).toMatchObject({ status: "passed", observed: "1" });
    const distinct = { type: "distinct_count_between", column: "k", where: "k > 1", min: 2 };
    expect(await check(connection, distinct)).toMatchObject({ status: "failed", observed: "1" });
  });

  it("don't round a decimal's quantile to the column's scale", async () => {
    const connection = await database("CREATE TABLE t AS SELECT unnest([1.00::DECIMAL(9,2), 1.01]) AS price");
    const median = { type: "quantile_between", column: "price", quantile: 0.5, min: 1.004, max: 1.006 };
    expect(await check(connection, median)).toMatchObject({ status: "passed", observed: "1.005" });
  });

  it.each(["TIMESTAMP", "TIMESTAMPTZ"])(
    "know how old the newest row is by a %s, in any time zone",
    async (type) => {
      const connection = await database(
        "SET TimeZone = 'Asia/Tokyo'",
        `CREATE TABLE t (loaded ${type})`,
        type === "TIMESTAMP"
          ? "INSERT INTO t VALUES (timezone('UTC', now()) - INTERVAL 5 HOUR), (NULL)"
          : "INSERT INTO t VALUES (now() - INTERVAL 5 HOUR), (NULL)",
      );
      const fresh = { type: "freshness", column: "loaded" };
      expect(await check(connection, { ...fresh, maxAgeHours: 5.1 })).toMatchObject({ status: "passed" });
      expect(await check(connection, { ...fresh, maxAgeHours: 4.9 })).toMatchObject({ status: "failed" });
    },
  );
});

describe("an empty table", () => {
  it.each<[Record<string, unknown>, ExpectationResult["status"]]>([
    [{ type: "not_null", column: "k" }, "passed"],
    [{ type: "unique", columns: ["k"] }, "passed"],
    [{ type: "mean_between", column: "k", min: 1 }, "passed"],
    [{ type: "quantile_between", column: "k", quantile: 0.5, min: 1 }, "passed"],
    [{ type: "distinct_count_between", column: "k", min: 1 }, "passed"],
    [{ type: "row_count_between", min: 1 }, "failed"],
    [{ type: "freshness", column: "loaded", maxAgeHours: 1 }, "failed"],
  ])("gives the verdict of %o: %s", async (given, status) => {
    const connection = await database("CREATE TABLE t (k INTEGER, loaded TIMESTAMP)");
    expect(await check(connection, given)).toMatchObject({ status });
  });
});

describe("a connection", () => {
  const failing = (error: Error, dialect = "duckdb"): DatabaseConnection => ({
    dialect,
    profile: { type: dialect },
    query: () => Promise.reject(error),
    quoteIdentifier: (parts) => parts.join("."),
    close: async () => {},
  });

  it("that is gone ends the checks instead of failing each", async () => {
    const locked = new FloeError("COMPUTE.LOCKED", "Another process holds the database.");
    await expect(check(failing(locked), { type: "not_null", column: "k" })).rejects.toBe(locked);
    const aborted = new DOMException("Interrupted.", "AbortError");
    await expect(check(failing(aborted), { type: "not_null", column: "k" })).rejects.toBe(aborted);
  });

  it("to an engine whose SQL isn't spoken is refused", async () => {
    const connection = failing(new Error("never asked"), "snowflake");
    await expect(check(connection, { type: "not_null", column: "k" })).rejects.toMatchObject({
      code: "QUALITY.FAILED",
      summary: expect.stringContaining("snowflake"),
    });
  });
});
