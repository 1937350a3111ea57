import { testDataQualityPlugin } from "@floe/testkit";
import plugin from "floe-dq-dbt";
import { sampleDatabase } from "./sample-database.ts";

testDataQualityPlugin({
  plugin,
  config: {},
  invalidConfigs: [{ threshold: 80 }, { tests: ["not_null"] }],
  packageJson: new URL("../package.json", import.meta.url),
  noServer: "It asks through the compute plugin's connection.",
  connect: ({ name, columns, rows }, { dir }) =>
    sampleDatabase(dir, async (connection) => {
      const table = connection.quoteIdentifier(name);
      const declared = columns.map((column) => `${connection.quoteIdentifier([column.name])} ${column.type}`);
      await connection.query(`CREATE TABLE ${table} (${declared.join(", ")})`);
      const row = `(${columns.map(() => "?").join(", ")})`;
      await connection.query(`INSERT INTO ${table} VALUES ${rows.map(() => row).join(", ")}`, rows.flat());
    }),
  dialect: "duckdb",
});
