import { DuckDBInstance } from "@duckdb/node-api";

/**
 * A table of orders with 12 columns, and the customers that it refers to: numbers, texts of few and of many
 * different values, times, with NULLs and with orders of customers that aren't there.
 */
export async function makeOrders(file: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const random = (salt: number, below: number): string => `(hash(range, ${salt}) % ${below})`;
  await connection.run(
    "CREATE TABLE customers AS SELECT range::INTEGER AS customer_id FROM range(1, 200001)",
  );
  await connection.run(`CREATE TABLE orders AS SELECT
    range AS id,
    'O-' || lpad(range::VARCHAR, 10, '0') AS order_no,
    CASE WHEN ${random(1, 1000)} <> 0 THEN ${random(2, 200_003)}::INTEGER END AS customer_id,
    ['new', 'paid', 'sent', 'done', 'void'][${random(3, 5)}::INTEGER + 1] AS status,
    'R' || ${random(4, 500)} AS region,
    'S' || lpad(${random(5, 1000)}::VARCHAR, 5, '0') AS sku,
    CASE WHEN ${random(6, 500)} <> 0 THEN (${random(7, 1_000_000)} / 100)::DECIMAL(12, 2) END AS amount,
    ${random(8, 100)}::INTEGER AS quantity,
    ${random(9, 1_000_000_007)} / 1000003.0 AS weight,
    CASE WHEN ${random(10, 200)} <> 0
      THEN 'user' || ${random(11, 3_000_000)} || '@example.' || ['com', 'org', 'net'][${random(12, 3)}::INTEGER + 1]
    END AS email,
    TIMESTAMP '2024-01-01' + to_seconds(${random(13, 63_072_000)}::BIGINT) AS created_at,
    DATE '2024-01-01' + ${random(14, 730)}::INTEGER AS shipped_on
    FROM range(${rows})`);
  await connection.run("CHECKPOINT");
  connection.closeSync();
  instance.closeSync();
}
