import { spawnSync } from "node:child_process";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { SampleProduct, WITH_FUSION } from "./sample-product.ts";

const LONG = 180_000;

/** A product whose only work is to load sources, of which `more` says how. */
function loading(sources: readonly string[], more: Readonly<Record<string, string>> = {}): SampleProduct {
  const entries = sources.map((source) => `    - {sourceType: filesystem, ${source}}\n`).join("");
  const product = new SampleProduct({
    "manifest.yaml": WITH_FUSION.replace(/ {4}quality_gates:[\s\S]*$/, ""),
    "floe.yaml": `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: shop, version: 1.0.0}
ingestion:
  sources:
${entries}`,
    "models/sources.yml": "sources: [{name: raw, tables: [{name: orders}]}]\n",
    "models/schema.yml": "models: [{name: gold_totals}]\n",
    "models/gold_totals.sql":
      "select count(*) as orders, sum(amount) as total from {{ source('raw', 'orders') }}\n",
    ...more,
  });
  rmSync(join(product.dir, "models", "silver_orders.sql"));
  return product;
}

const ORDERS =
  "name: orders, format: csv, path: data/orders.csv, destinationTable: raw.orders, writeMode: append, cursorField: id";

describe("a source", { timeout: LONG }, () => {
  it("that is gone, cut off or of changed columns fails alone and by its own words; new columns are added where they may", async () => {
    using product = loading([
      ORDERS,
      "name: gone, format: csv, path: data/gone.csv, destinationTable: raw.gone, writeMode: replace",
      "name: zipped, format: csv, path: data/zipped.csv.gz, destinationTable: raw.zipped, writeMode: replace",
      "name: columns, format: parquet, path: data/columns.parquet, destinationTable: raw.columns, writeMode: replace",
      "name: lines, format: jsonl, path: data/lines.jsonl, destinationTable: raw.lines, writeMode: replace",
      "name: frozen, format: csv, path: data/frozen.csv, destinationTable: raw.frozen, writeMode: replace, schemaContract: freeze",
      "name: grown, format: csv, path: data/grown.csv, destinationTable: raw.grown, writeMode: append, schemaContract: evolve",
    ]);
    const file = (name: string): string => join(product.dir, "data", name);
    for (const name of ["gone", "frozen", "grown"]) product.write(`data/${name}.csv`, "id,name\n1,a\n2,b\n");
    const many = Array.from({ length: 5000 }, (_, id) => `${id},${Math.sin(id)}\n`);
    writeFileSync(file("zipped.csv.gz"), gzipSync(`id,value\n${many.join("")}`));
    product.write("data/lines.jsonl", '{"id": 1, "name": "a"}\n{"id": 2, "name": "b"}\n');
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT range AS id, md5(range::VARCHAR) AS name FROM range(5000)) TO '${file("columns.parquet")}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const whole = await product.run();
    expect(whole.faults).toEqual([]);
    expect(whole.sources.map(({ rowsLoaded }) => rowsLoaded)).toEqual([3, 2, 5000, 5000, 2, 2, 2]);

    rmSync(file("gone.csv"));
    truncateSync(file("zipped.csv.gz"), 20_000);
    truncateSync(file("columns.parquet"), 20_000);
    product.write("data/lines.jsonl", '{"id": 3, "name": "c"}\n{"id": 4, "na');
    product.write("data/frozen.csv", "id,name,more\n1,a,x\n");
    product.write("data/grown.csv", "id,name,more\n3,c,x\n");
    const report = await product.run();
    expect(report.status).toBe("failed");
    const words: Record<string, RegExp> = {
      gone: /no csv file at data\/gone\.csv/,
      zipped: /cut off.*zipped\.csv\.gz/,
      columns: /columns\.parquet/,
      lines: /lines\.jsonl.*line \d/,
      frozen: /new: more/,
    };
    for (const { source, success, error } of report.sources) {
      const expected = words[source];
      expect([source, success]).toEqual([source, expected === undefined]);
      if (expected !== undefined) expect(error).toMatch(expected);
      // A user's mistake shows none of the tools' insides.
      expect(error ?? "").not.toMatch(/Traceback|site-packages|<class/);
    }
    expect(report.faults.map(({ where }) => where?.file)).toEqual(Array(5).fill("floe.yaml"));
    expect(report.sources.find(({ source }) => source === "grown")?.addedColumns).toEqual(["more"]);
    // What an earlier run loaded is still there.
    for (const [table, rows] of Object.entries({
      gone: 2,
      zipped: 5000,
      columns: 5000,
      frozen: 2,
      grown: 3,
    })) {
      expect([table, (await product.rows(`raw.${table}`)).length]).toEqual([table, rows]);
    }
  });

  it("of a million rows whose load is killed again and again is there once", async () => {
    const ROWS = 1_000_000;
    const lines = ["id,customer_id,amount\n"];
    for (let id = 1; id <= ROWS; id += 1) lines.push(`${id},${id % 97},${id % 1000}\n`);
    using product = loading([ORDERS], { "data/orders.csv": lines.join("") });
    const script = join(import.meta.dirname, "kill-at.ts");
    // While the file is read; and so long after it was read: while rows are written, at the end of it.
    const kills: [string, string][] = [
      ["orders 200000 rows", "0"],
      [`orders ${ROWS} rows`, "0"],
      [`orders ${ROWS} rows`, "150"],
      [`orders ${ROWS} rows`, "400"],
      [`orders ${ROWS} rows`, "900"],
    ];
    let killed = true;
    for (const [index, [at, ms]] of kills.entries()) {
      const words = [script, product.dir, at, "--workers", ms, ...(index === 0 ? [] : ["--resume"])];
      const { signal, status } = spawnSync(process.execPath, words, { stdio: "inherit" });
      killed = signal === "SIGKILL";
      if (killed) continue;
      // A load that is done before it could be killed isn't read again by the next.
      expect(status).toBe(0);
      break;
    }
    if (killed) {
      const report = await product.run({ resume: true });
      expect(report.faults).toEqual([]);
      expect(report.status).toBe("success");
    }
    const total = (ROWS / 1000) * ((999 * 1000) / 2);
    expect(await product.rows("gold_totals")).toEqual([[String(ROWS), String(total)]]);
    expect(await product.rows("(SELECT count(DISTINCT id) AS ids, count(*) AS n FROM raw.orders)")).toEqual([
      [String(ROWS), String(ROWS)],
    ]);
  });
});
