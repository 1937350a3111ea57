import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startLineageReceiver } from "../../services/lineage-receiver.ts";
import { lineageOf } from "./lineage-files.ts";
import { quickProduct } from "./sample-product.ts";

const LONG = 120_000;

function marquez(url: string, more = ""): string {
  return `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: shop-platform, version: 1.0.0, owner: me@example.com}
plugins:
  compute: {type: duckdb}
  dbt: {type: fusion}
  lineage_backend: {type: marquez, config: {url: "${url}", timeout_seconds: 2${more}}}
`;
}

describe("lineage that can't be delivered", { timeout: LONG }, () => {
  it.each(["fail", "rubbish", "slow", "down"] as const)(
    "to a backend that is %s neither fails nor slows the run, and arrives in order with the next",
    async (how) => {
      let receiver = await startLineageReceiver();
      const { port } = new URL(receiver.url);
      using product = quickProduct({ "manifest.yaml": marquez(receiver.url) });
      if (how === "down") await receiver[Symbol.asyncDispose]();
      else receiver.behave(how);
      const report = await product.run();
      expect(report).toMatchObject({ status: "success", lineage: { delivered: 0 } });
      expect(report.lineage.pending).toBe(report.lineage.events);
      if (how === "down") receiver = await startLineageReceiver(Number(port));
      else receiver.behave("well");
      await using _receiver = receiver;
      const next = await product.run();
      expect(next.status).toBe("success");
      expect(receiver.refused).toEqual([]);
      // The end of a run waits for a moment only: on a busy machine the last events are left for yet another.
      expect(receiver.events.length).toBeGreaterThan(report.lineage.events);
      expect(receiver.events).toEqual(lineageOf(product).slice(0, receiver.events.length));
    },
  );
});

describe("a secret", { timeout: LONG }, () => {
  it("that a run uses stands in nothing that it writes or sends", async () => {
    const planted = ["planted", "value", process.pid].join("-");
    await using receiver = await startLineageReceiver();
    using product = quickProduct({
      "manifest.yaml": marquez(receiver.url, ", api_key: {source: env, name: SHOP_KEY}"),
      "models/gold_totals.sql": `select customer, sum(amount) as total, '{{ env_var("SHOP_KEY") }}' as leaked from {{ ref('silver_orders') }} group by customer`,
    });
    const logs: string[] = [];
    const report = await product.run({
      env: { SHOP_KEY: planted },
      log: ({ message }: { message: string }) => logs.push(message),
    } as never);
    expect(report.status).toBe("success");
    const written = globSync(".floe/**/*.{json,jsonl}", { cwd: product.dir }).concat(
      "compiled_artifacts.json",
      "profiles.yml",
    );
    const leaks = written.filter((file) => readFileSync(join(product.dir, file)).includes(planted));
    // dbt's own artefacts hold what the user's own model writes into its SQL; floe's don't.
    expect(leaks.filter((file) => !/runs\/[^/]+\/(build|test)/.test(file))).toEqual([]);
    expect(JSON.stringify([report, logs, receiver.events])).not.toContain(planted);
  });
});
