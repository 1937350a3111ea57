import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diagnose } from "@floe/host";
import { dryRun } from "@floe/host/run";
import { afterAll, expect, it } from "vitest";
import { icebergRest } from "../../services/iceberg-rest.ts";
import { requireService } from "../../services/service.ts";
import { SampleProduct } from "../run/sample-product.ts";
import { extensionFiles } from "./extensions.ts";

const folder = mkdtempSync(join(tmpdir(), "floe-lake-"));
const server = await requireService(icebergRest({ path: join(folder, "warehouse") }));
const url = "url" in server ? server.url : "";
afterAll(async () => {
  if ("url" in server) await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The sample without ingestion, whose tables go into the catalog, as it would lie in a repository. */
async function productIn(repository: string): Promise<SampleProduct> {
  const plugins = ["floe-catalog-rest", "floe-compute-duckdb", "floe-dbt-local", "floe-dq-custom"];
  const compute = {
    type: "duckdb",
    config: {
      extension_files: await extensionFiles(),
      settings: { extension_directory: join(folder, "extensions") },
      catalog_options: { stage_create_tables: false },
    },
  };
  const catalog = { type: "rest", config: { uri: url, warehouse: "lake" } };
  return new SampleProduct({
    "package.json": JSON.stringify({
      private: true,
      dependencies: Object.fromEntries(plugins.map((name) => [name, "*"])),
    }),
    // JSON is YAML.
    "manifest.yaml": JSON.stringify({
      apiVersion: "floe.dev/v1",
      kind: "Manifest",
      metadata: { name: "acme", version: "1.0.0", owner: "me@example.com" },
      plugins: { compute, catalog },
    }),
    "floe.yaml": JSON.stringify({
      apiVersion: "floe.dev/v1",
      kind: "FloeSpec",
      metadata: { name: "shop", version: "1.0.0", owner: "ada@acme.example", labels: { repository } },
    }),
    "models/sources.yml": "version: 2\n",
    "models/silver_orders.sql": "select 1 as id, 'ada' as customer, 10 as amount\n",
  });
}

const properties = async (): Promise<Record<string, string>> => {
  const response = await fetch(`${url}/v1/namespaces/shop`);
  return ((await response.json()) as { properties: Record<string, string> }).properties;
};

it.skipIf(url === "")(
  "a product holds its namespace in the catalog, and another repository's run is refused before it writes",
  async () => {
    using product = await productIn("git@github.com:acme/shop.git");
    const options = { cwd: product.dir, env: process.env };
    expect((await dryRun(options)).namespaces).toEqual([{ name: "shop", state: "missing" }]);
    expect((await fetch(`${url}/v1/namespaces/shop`)).status).toBe(404);

    const report = await product.run();
    expect(report.faults).toEqual([]);
    expect(await properties()).toMatchObject({
      "floe.product.id": "default.shop",
      "floe.product.version": "1.0.0",
      "floe.product.repository": "github.com/acme/shop",
      "floe.product.owner": "ada@acme.example",
    });
    expect((await dryRun(options)).namespaces).toEqual([{ name: "shop", state: "held" }]);
    const table = `${url}/v1/namespaces/shop/tables/gold_totals`;
    const before = await (await fetch(table)).json();

    using fork = await productIn("https://github.com/someone/shop");
    const forked = { cwd: fork.dir, env: process.env };
    expect((await dryRun(forked)).namespaces).toEqual([
      { name: "shop", state: "taken", holder: "default.shop of github.com/acme/shop" },
    ]);
    const { checks } = await diagnose(forked);
    expect(checks.find(({ name }) => name === "namespace shop")).toMatchObject({
      status: "failed",
      message: "Belongs to default.shop of github.com/acme/shop.",
    });
    const refused = await fork.run();
    expect(refused.status).toBe("failed");
    expect(refused.faults).toMatchObject([
      {
        code: "CATALOG.CLAIMED",
        summary: "The namespace shop belongs to the product default.shop of github.com/acme/shop.",
        why: "This is the same product in github.com/someone/shop. ada@acme.example answers for it.",
      },
    ]);
    expect(await (await fetch(table)).json()).toEqual(before);
    expect((await properties())["floe.product.repository"]).toBe("github.com/acme/shop");
  },
  240_000,
);
