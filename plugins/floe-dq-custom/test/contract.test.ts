import { testDataQualityPlugin } from "@floe/testkit";
import plugin from "floe-dq-custom";
import { openDatabase } from "./open-database.ts";

testDataQualityPlugin({
  plugin,
  config: {},
  invalidConfigs: [{ sample_rows: -1 }, { sample_rows: "all" }, { threads: 2 }],
  packageJson: new URL("../package.json", import.meta.url),
  noServer: "It asks the compute plugin's connection, and has none of its own.",
  dialect: "duckdb",
  async connect({ name, columns, rows }, { dir }) {
    const connection = await openDatabase(dir);
    const table = connection.quoteIdentifier(name);
    const declared = columns.map((column) => `${connection.quoteIdentifier([column.name])} ${column.type}`);
    await connection.query(`CREATE TABLE ${table} (${declared.join(", ")})`);
    for (const row of rows) {
      await connection.query(`INSERT INTO ${table} VALUES (${row.map(() => "?").join(", ")})`, row);
    }
    return connection;
  },
});
