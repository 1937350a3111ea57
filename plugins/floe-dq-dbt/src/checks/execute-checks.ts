import {
  type DatabaseConnection,
  type ExecuteChecksOptions,
  type Expectation,
  type ExpectationResult,
  FloeError,
  isFloeError,
  isSuccess,
  type QualityCheckResult,
} from "@floe/core";
import { columnOf, failingRows, type Query } from "./failing-rows.ts";
import { measuredValue } from "./measured-value.ts";

const DIALECTS: ReadonlySet<string> = new Set(["duckdb"]);

/** Whether {@link executeChecks} speaks a dialect. dbt's own results are read on all of them. */
export function supportsDialect(dialect: string): boolean {
  return DIALECTS.has(dialect);
}

/**
 * Runs one query per expectation, one after the other.
 *
 * @throws FloeError `QUALITY.FAILED` on a dialect that isn't spoken; whatever the connection throws that is
 * about more than one statement.
 */
export async function executeChecks(
  connection: DatabaseConnection,
  expectations: readonly Expectation[],
  { sampleRows = 0 }: ExecuteChecksOptions = {},
): Promise<QualityCheckResult> {
  if (!supportsDialect(connection.dialect)) throw otherDialect(connection.dialect);
  const started = performance.now();
  const results: ExpectationResult[] = [];
  for (const expectation of expectations) {
    results.push(await evaluate(connection, expectation, sampleRows));
  }
  return {
    success: isSuccess(results),
    results,
    executionTimeSeconds: (performance.now() - started) / 1000,
  };
}

async function evaluate(
  connection: DatabaseConnection,
  expectation: Expectation,
  sampleRows: number,
): Promise<ExpectationResult> {
  try {
    return await (measured(connection, expectation) ?? counted(connection, expectation, sampleRows));
  } catch (error) {
    // Anything else is about the connection, and the other expectations would meet it too.
    if (!isFloeError(error) || error.code !== "COMPUTE.FAILED") throw error;
    const message = [error.summary, error.why].filter(Boolean).join(" ");
    return { expectation, status: "error", failingRows: null, rowsChecked: null, message };
  }
}

function measured(
  connection: DatabaseConnection,
  expectation: Expectation,
): Promise<ExpectationResult> | undefined {
  const query = measuredValue(expectation, (parts) => connection.quoteIdentifier(parts));
  if (query === undefined) return undefined;
  return connection.query(query.sql, query.parameters).then(({ rows: [row] }) => {
    const [value = null, broken = null] = row ?? [];
    return {
      expectation,
      status: broken === false ? "passed" : "failed",
      failingRows: null,
      rowsChecked: expectation.type === "row_count_between" ? Number(value) : null,
      ...(value === null ? { message: "There are no values." } : { observed: String(value) }),
    };
  });
}

async function counted(
  connection: DatabaseConnection,
  expectation: Expectation,
  sampleRows: number,
): Promise<ExpectationResult> {
  const quote = (parts: readonly string[]): string => connection.quoteIdentifier(parts);
  const queries = failingRows(await withComparableValues(connection, expectation), quote);
  if (queries === undefined) throw unknownType(expectation);
  const { rows } = await connection.query(queries.count.sql, queries.count.parameters);
  const failing = Number(rows[0]?.[0]);
  return {
    expectation,
    status: failing === 0 ? "passed" : "failed",
    failingRows: failing,
    rowsChecked: null,
    ...(failing > 0 && sampleRows > 0
      ? { samples: await samplesOf(connection, queries.rows, sampleRows) }
      : {}),
  };
}

/** Numbers listed for a column of text are compared as text, as dbt's test does, which quotes its values. */
async function withComparableValues(
  connection: DatabaseConnection,
  expectation: Expectation,
): Promise<Expectation> {
  if (expectation.type !== "accepted_values") return expectation;
  const { column, table, values } = expectation;
  if (values.every((value) => typeof value === "string")) return expectation;
  const quote = (parts: readonly string[]): string => connection.quoteIdentifier(parts);
  const { columns } = await connection.query(
    `SELECT ${columnOf(column, quote)} FROM ${quote(table)} AS t LIMIT 0`,
  );
  return columns[0]?.type === "VARCHAR" ? { ...expectation, values: values.map(String) } : expectation;
}

async function samplesOf(
  connection: DatabaseConnection,
  { sql, parameters }: Query,
  limit: number,
): Promise<Record<string, unknown>[]> {
  const { columns, rows } = await connection.query(`${sql} LIMIT ${Math.trunc(limit)}`, parameters);
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
}

function otherDialect(dialect: string): FloeError {
  return new FloeError(
    "QUALITY.FAILED",
    `Expectations of floe.yaml can't be checked on ${dialect} by dbt_expectations.`,
    {
      why: `It speaks ${[...DIALECTS].join(", ")}. The dbt project's own tests count on every engine.`,
      next: [
        "Declare these checks as tests in the dbt project.",
        "Select another plugins.data_quality in manifest.yaml.",
      ],
    },
  );
}

function unknownType({ type, name }: Expectation): FloeError {
  return new FloeError(
    "QUALITY.INVALID_EXPECTATION",
    `${name} is of a type that dbt_expectations doesn't know: ${type}.`,
  );
}
