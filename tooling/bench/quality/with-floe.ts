/** floe's plugin on floe's connection, as its users have them installed: `with-floe.ts <folder>`. */
import { expectationSchema, type PluginContext } from "@floe/core";
import duckdb from "floe-compute-duckdb";
import custom from "floe-dq-custom";
import { answer } from "./answer.ts";
import { EXPECTATIONS } from "./expectations.ts";

const [dir = "."] = process.argv.slice(2);
/** What the two plugins take of what the host lends. */
const lent: Partial<PluginContext> = {
  signal: new AbortController().signal,
  paths: { projectDir: dir, stateDir: dir, dbtProjectDir: dir, cacheDir: dir },
};
const context = lent as PluginContext;
const compute = duckdb.create(duckdb.configSchema.parse({ path: "orders.duckdb" }), context);
const quality = custom.create(custom.configSchema.parse({}), context);
const connection = await compute.connect({ productName: "shop", target: "dev", projectDir: dir });
const { results } = await quality.executeChecks(
  connection,
  EXPECTATIONS.map((given) => expectationSchema.parse({ ...given, table: ["main", "orders"] })),
);
await connection.close();
answer(
  Object.fromEntries(
    results.map(({ expectation, status, failingRows, observed }) => [
      expectation.name,
      status === "error"
        ? null
        : expectation.type === "freshness"
          ? Number(status === "passed")
          : (failingRows ?? Number(observed)),
    ]),
  ),
);
