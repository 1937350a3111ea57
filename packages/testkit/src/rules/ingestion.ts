import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { IngestionConfig, IngestionResult } from "@floe/core";
import type { IngestionTestOptions } from "../options.ts";
import type { KindRules, Rule } from "../rule.ts";
import type { Instance, Subject } from "../session/subject.ts";
import { sampleCatalogs } from "./compute/sample-catalogs.ts";
import { expectCode } from "./expect-code.ts";
import { inlineSecret } from "./inline-secrets.ts";

async function configOf({ options, dir }: Subject<"ingestion">): Promise<IngestionConfig> {
  const { ingestion } = options;
  const given = await ingestion({ dir });
  return { productName: "shop", projectDir: dir, stateDir: join(dir, ".floe", "ingestion"), ...given };
}

async function load(
  subject: Subject<"ingestion">,
  { plugin }: Instance<"ingestion">,
  options: { sources?: string[]; fullRefresh?: boolean } = {},
  config?: IngestionConfig,
): Promise<IngestionResult> {
  const pipeline = await plugin.createPipeline(config ?? (await configOf(subject)));
  return plugin.run(pipeline, options);
}

const loads: Rule<"ingestion"> = {
  id: "ingestion.loads",
  title: "loads every source, and counts rows as they are",
  notApplicable: ({ offline }) => offline,
  async check(subject) {
    const result = await load(subject, await subject.start());
    assert(result.success, `It failed: ${result.sources.map(({ error }) => error).join("; ")}`);
    const rows = Object.fromEntries(result.sources.map(({ source, rowsLoaded }) => [source, rowsLoaded]));
    assert.deepEqual(rows, subject.options.expectedRows, "The numbers of rows are wrong.");
    const { sources } = await configOf(subject);
    assert.deepEqual(
      result.sources.map(({ source, table }) => [source, table]),
      sources.map(({ name, destinationTable }) => [name, destinationTable]),
      "The results aren't one for each source in the order of the configuration, with its table.",
    );
    const times = [result, ...result.sources].map(({ executionTimeSeconds }) => executionTimeSeconds);
    assert(
      times.every((time) => time >= 0 && Number.isFinite(time)),
      `A time is impossible: ${times.join(", ")}.`,
    );
  },
};

const selected: Rule<"ingestion"> = {
  id: "ingestion.selected",
  title: "loads only the sources that are asked for, and refuses a name that isn't one",
  notApplicable: ({ offline }) => offline,
  async check(subject) {
    const instance = await subject.start();
    const [first = ""] = Object.keys(subject.options.expectedRows);
    const { sources } = await load(subject, instance, { sources: [first] });
    assert.deepEqual(
      sources.map(({ source }) => source),
      [first],
      "It loaded other sources.",
    );
    await expectCode("CONFIG.REFERENCE", "Running a source that isn't there", () =>
      load(subject, instance, { sources: ["nowhere"] }),
    );
  },
};

const partial: Rule<"ingestion"> = {
  id: "ingestion.partial",
  title: "tells which source failed and why, and loads the others all the same",
  notApplicable: ({ offline, failingSource }) =>
    offline ?? (failingSource === undefined ? "The options have no `failingSource`." : undefined),
  async check(subject) {
    const config = await configOf(subject);
    const { failingSource } = subject.options as Required<Pick<IngestionTestOptions, "failingSource">>;
    const sources = [failingSource, ...config.sources];
    const result = await load(subject, await subject.start(), {}, { ...config, sources });
    assert.equal(result.success, false, "It says success although a source failed.");
    const [failed, ...others] = result.sources;
    assert.equal(failed?.success, false, "The source that failed is told as loaded.");
    assert(failed.error !== undefined && failed.error.trim() !== "", "It doesn't say why the source failed.");
    assert.equal(failed.rowsLoaded, 0, "A source that failed counts rows.");
    assert(others.length > 0 && others.every(({ success }) => success), "The other sources weren't loaded.");
  },
};

const destination: Rule<"ingestion"> = {
  id: "ingestion.destination",
  title: "configures an Iceberg destination without a secret",
  async check(subject) {
    const { plugin } = await subject.create();
    for (const catalog of sampleCatalogs()) {
      const config = plugin.getDestinationConfig(catalog);
      assert(Object.keys(config).length > 0, "The destination's configuration is empty.");
      const inline = inlineSecret(config);
      assert.equal(inline, undefined, `${inline} holds a secret.`);
    }
  },
};

export const ingestionRules: KindRules<"ingestion"> = {
  kind: "ingestion",
  members: {
    isExternal: "boolean",
    createPipeline: "function",
    run: "function",
    getDestinationConfig: "function",
  },
  pureCalls: () =>
    sampleCatalogs().map((catalog) => ({
      title: `getDestinationConfig() of a ${catalog.authorization.type} catalog`,
      call: (plugin) => plugin.getDestinationConfig(catalog),
    })),
  liveCalls: [
    {
      title: "createPipeline()",
      failure: "throws",
      async call(plugin, subject) {
        await plugin.createPipeline(await configOf(subject));
      },
    },
  ],
  rules: [loads, selected, partial, destination],
};
