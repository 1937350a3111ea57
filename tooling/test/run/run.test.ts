import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "@floe/host/compile";
import { InvalidProduct } from "@floe/host/run";
import { describe, expect, it } from "vitest";
import { JAEGER_START_LIMIT_MS, jaeger, otlpUrl } from "../../services/jaeger.ts";
import { facetViolations, violations } from "../../services/openlineage.ts";
import { requireService } from "../../services/service.ts";
import { lineageOf, told } from "./lineage-files.ts";
import { GOLD, quickProduct, recording, SampleProduct } from "./sample-product.ts";

const LONG = 120_000;

describe("a run", { timeout: LONG }, () => {
  it("loads, builds, tests and checks, and tells each part in valid lineage: a START and one end", async () => {
    using product = new SampleProduct();
    const { events, observe } = recording();
    const report = await product.run({ observe });
    expect(report.faults).toEqual([]);
    expect(report).toMatchObject({
      status: "success",
      models: { success: 2 },
      tests: { pass: 5 },
      checks: { passed: 3, failed: 0, score: 100 },
    });
    expect(report.sources.map(({ source, rowsLoaded }) => [source, rowsLoaded])).toEqual([
      ["orders", 3],
      ["customers", 2],
    ]);
    expect(await product.rows("gold_totals")).toEqual(GOLD);
    const steps = events.flatMap((event) => (event.type === "step-ended" ? [event.step.name] : []));
    expect(steps).toEqual(["compile", "ingestion", "build", "quality"]);

    const lineage = lineageOf(product);
    for (const event of lineage) {
      expect([...violations(event.schemaURL, event), ...facetViolations(event)]).toEqual([]);
    }
    expect(told(lineage)).toEqual(
      Object.fromEntries(
        [
          "shop",
          "shop.ingestion.orders",
          "shop.ingestion.customers",
          "shop.silver_orders",
          "shop.gold_totals",
          "shop.silver_orders.quality",
          "shop.gold_totals.quality",
        ].map((job) => [job, ["START", "COMPLETE"]]),
      ),
    );
    const gold = lineage.find(
      ({ job, eventType }) => job.name === "shop.gold_totals" && eventType === "COMPLETE",
    );
    const [output] = gold?.outputs ?? [];
    expect(output).toMatchObject({
      namespace: "duckdb://.floe/shop.duckdb",
      name: "shop.main.gold_totals",
      outputFacets: { outputStatistics: { rowCount: 2 } },
    });
    expect(output?.facets?.schema?.fields?.map(({ name }) => name)).toEqual(["customer", "total"]);
    expect(output?.facets?.columnLineage?.fields.total?.inputFields).toMatchObject([
      {
        name: "shop.main.silver_orders",
        field: "amount",
        transformations: [{ type: "DIRECT", subtype: "AGGREGATION" }],
      },
    ]);
    expect(gold?.job.facets?.sql?.query).toContain("sum(amount)");
    expect(gold?.run.facets?.parent?.job.name).toBe("shop");
    const quality = lineage.find(
      ({ job, eventType }) => job.name === "shop.gold_totals.quality" && eventType === "COMPLETE",
    );
    expect(quality?.inputs?.[0]?.inputFacets?.dataQualityAssertions?.assertions).toHaveLength(4);
  });

  it("adds what is new, selects, and refreshes from nothing", async () => {
    using product = quickProduct();
    await product.run();
    product.write("data/orders.csv", "id,customer_id,amount\n1,1,10\n2,1,20\n3,2,30\n4,2,5\n");
    expect((await product.run()).sources[0]?.rowsLoaded).toBe(1);
    expect(await product.rows("gold_totals")).toEqual([
      ["ada", "30"],
      ["bob", "35"],
    ]);
    const selected = await product.run({ select: "gold_totals" });
    expect([selected.sources, selected.models]).toEqual([[], { success: 1 }]);
    const refreshed = await product.run({ fullRefresh: true });
    expect(refreshed.sources[0]?.rowsLoaded).toBe(4);
    expect(await product.rows("raw.orders").then((rows) => rows.length)).toBe(4);
    await expect(product.run({ select: "nothing_like_that" })).resolves.toMatchObject({
      status: "failed",
      faults: [{ code: "CONFIG.REFERENCE" }],
    });
  });

  it("sends one trace through OTLP to Jaeger, with the steps and calls as spans", {
    timeout: JAEGER_START_LIMIT_MS,
  }, async (context) => {
    const server = await requireService(jaeger);
    if (!("url" in server)) return context.skip(server.missing);
    await using _server = server;
    using product = quickProduct();
    const report = await product.run({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl(server) } });
    const traceId = report.run.id.replaceAll("-", "");
    await expect
      .poll(async () => (await fetch(`${server.url}/api/traces/${traceId}`)).status, { timeout: 10_000 })
      .toBe(200);
    const trace = (await (await fetch(`${server.url}/api/traces/${traceId}`)).json()) as {
      data: { spans: { operationName: string }[] }[];
    };
    const names = trace.data[0]?.spans.map(({ operationName }) => operationName) ?? [];
    for (const name of [
      "floe run",
      "compile",
      "ingestion",
      "build",
      "dbt.buildModels",
      "dbt gold_totals",
      "quality",
    ]) {
      expect(names).toContain(name);
    }
  });
});

describe("what goes wrong", { timeout: LONG }, () => {
  it("a project that doesn't compile is told with dbt's file and line, and the last output stays", async () => {
    using product = quickProduct();
    await compile({ cwd: product.dir, env: process.env });
    const artifacts = readFileSync(join(product.dir, "compiled_artifacts.json"), "utf8");
    product.write("models/gold_totals.sql", "select 1\n\n{% if %}\n");
    expect((await product.run()).faults[0]).toMatchObject({
      code: "DBT.COMPILATION_FAILED",
      where: { file: expect.stringMatching(/models\/gold_totals\.sql$/), line: 3, source: "{% if %}" },
    });
    expect(readFileSync(join(product.dir, "compiled_artifacts.json"), "utf8")).toBe(artifacts);
  });

  it("a critical check that isn't met stops what depends on it, an empty table among them", async () => {
    using product = quickProduct({ "data/orders.csv": "id,customer_id,amount\n" });
    const report = await product.run();
    expect(report).toMatchObject({ status: "bad_data", models: { success: 1, skipped: 1 } });
    expect(report.faults[0]).toMatchObject({
      code: "QUALITY.CHECK_FAILED",
      summary: expect.stringContaining("some orders"),
      where: { file: "floe.yaml", line: 11 },
    });
  });

  it("a check on a column that isn't there is told, and the others are run", async () => {
    using product = quickProduct();
    const floe = readFileSync(join(product.dir, "floe.yaml"), "utf8");
    product.write("floe.yaml", floe.replace("column: amount", "column: amuont"));
    const report = await product.run();
    expect(report.checks).toMatchObject({ passed: 2, failed: 1 });
    expect(report.faults[0]).toMatchObject({ severity: "warning", why: expect.stringContaining("amuont") });
  });

  it("a source that is missing, or has a bad row, fails alone; the run goes on from there once it is mended", async () => {
    using product = quickProduct({ "data/orders.csv": "id,customer_id,amount\n1,1,10\nx,y\n" });
    const report = await product.run();
    expect(report).toMatchObject({ status: "failed", models: { skipped: 2 } });
    expect(report.sources.map(({ success }) => success)).toEqual([false, true]);
    expect(report.faults[0]).toMatchObject({
      code: "INGESTION.FAILED",
      why: expect.stringMatching(/orders\.csv.*3|3.*orders\.csv/s),
    });
    product.write("data/orders.csv", "id,customer_id,amount\n1,1,10\n2,1,20\n3,2,30\n");
    const resumed = await product.run({ resume: true });
    expect(resumed).toMatchObject({ status: "success", run: { resumes: report.run.id } });
    expect(resumed.sources.map(({ source }) => source)).toEqual(["orders"]);
    expect(await product.rows("gold_totals")).toEqual(GOLD);
    await expect(product.run({ resume: true })).rejects.toMatchObject({ code: "RUN.NOT_FOUND" });
  });

  it("a product that changed isn't resumed, and what changed is said", async () => {
    using product = quickProduct({ "models/gold_totals.sql": "select * from nowhere" });
    await product.run();
    product.write("models/gold_totals.sql", "select 'ada' as customer, 1 as total");
    await expect(product.run({ resume: true })).rejects.toMatchObject({
      code: "RUN.CHANGED",
      why: expect.stringContaining("models/gold_totals.sql changed"),
    });
  });

  it("a gate that is closed stops the compile, with the gate's line and what is missing", async () => {
    using product = quickProduct();
    product.write(
      "models/schema.yml",
      "models:\n  - name: gold_totals\n    columns: [{name: customer}, {name: total}]\n",
    );
    const failure = await compile({ cwd: product.dir, env: process.env }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidProduct);
    const { faults } = failure as InvalidProduct;
    expect(faults.map(({ code }) => code)).toEqual(["QUALITY.GATE_CLOSED", "QUALITY.GATE_CLOSED"]);
    expect(faults.map(({ where }) => where?.file)).toContain("manifest.yaml");
    expect(faults.flatMap(({ next }) => next).join()).toContain("gold_totals.total");
  });

  it("a database that another process holds is told by its process, and one that is damaged by its name", async () => {
    using product = quickProduct();
    await product.run();
    const file = join(product.dir, ".floe", "shop.duckdb");
    const holder = spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `const { DuckDBInstance } = await import("@duckdb/node-api"); globalThis.db = await DuckDBInstance.create(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000);`,
      ],
      {
        cwd: join(import.meta.dirname, "..", "..", "..", "plugins", "floe-compute-duckdb"),
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await once(holder.stdout, "data");
    const locked = await product.run();
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(locked).toMatchObject({ status: "failed", faults: [{ code: "COMPUTE.LOCKED" }] });
    expect(locked.faults[0]?.next.join()).toContain(String(holder.pid));
    writeFileSync(file, "rubbish".repeat(10_000));
    const damaged = await product.run();
    expect(damaged).toMatchObject({ status: "failed", faults: [{ code: "CONNECTION.FAILED" }] });
    expect(damaged.faults[0]?.summary).toContain("shop.duckdb");
  });

  it("a second run on the same product is refused", async () => {
    using product = quickProduct();
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const first = product.run({ observe: ({ type }) => type === "run-started" && resolve() });
    await begun;
    await expect(product.run()).rejects.toMatchObject({
      code: "RUN.LOCKED",
      why: expect.stringContaining(String(process.pid)),
    });
    expect((await first).status).toBe("success");
  });

  it("an interrupt ends within five seconds, and everything is recorded", async () => {
    using product = quickProduct();
    const controller = new AbortController();
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const running = product.run({
      signal: controller.signal,
      observe: (event) => {
        if (event.type === "step-started" && event.step === "ingestion") resolve();
      },
    });
    await begun;
    const started = performance.now();
    controller.abort();
    expect(await running).toMatchObject({ status: "interrupted" });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(told(lineageOf(product)).shop).toEqual(["START", "ABORT"]);
    expect((await product.run({ resume: true })).status).toBe("success");
    expect(await product.rows("gold_totals")).toEqual(GOLD);
  });
});
