import { strict as assert } from "node:assert";
import { isAbsolute } from "node:path";
import type { CompiledArtifacts, TransformConfig, WorkloadSize } from "@floe/core";
import type { KindRules, Rule } from "../rule.ts";
import { sampleArtifacts } from "../sample-artifacts.ts";
import { expectCode, failureOf } from "./expect-code.ts";
import { inlineSecret } from "./inline-secrets.ts";
import { assertResourcesGrow } from "./resources.ts";

const SIZES: readonly WorkloadSize[] = ["small", "medium", "large"];

/** Not in dependency order, on purpose. */
const transforms = (): TransformConfig[] => [
  { name: "gold_daily", tier: "gold", dependsOn: ["silver_orders"], tags: ["daily"] },
  { name: "silver_orders", tier: "silver", dependsOn: ["bronze_orders"] },
  { name: "bronze_orders", tier: "bronze" },
];

const loaderRequired: Rule<"orchestrator"> = {
  id: "orchestrator.loader-required",
  title: "says for valid artifacts which loader makes definitions of them",
  async check(subject) {
    const { plugin } = await subject.start();
    const error = await failureOf(() => plugin.createDefinitions(sampleArtifacts()));
    await expectCode("ORCHESTRATOR.LOADER_REQUIRED", "createDefinitions()", () => {
      if (error !== undefined) throw error;
    });
    assert((error as { next: string[] }).next.length > 0, "It doesn't name the loader (`next`).");
  },
};

const invalid: Rule<"orchestrator"> = {
  id: "orchestrator.artifacts",
  title: "refuses artifacts that are invalid, or from a newer floe",
  async check(subject) {
    const { plugin } = await subject.start();
    const { metadata: _left, ...incomplete } = sampleArtifacts();
    const create = (artifacts: unknown) => () => plugin.createDefinitions(artifacts as CompiledArtifacts);
    await expectCode(
      "ARTIFACTS.INVALID",
      "createDefinitions() of artifacts without metadata",
      create(incomplete),
    );
    const future = { ...sampleArtifacts(), version: "99.0.0" };
    await expectCode(
      "ARTIFACTS.VERSION",
      "createDefinitions() of artifacts of version 99.0.0",
      create(future),
    );
  },
};

const loader: Rule<"orchestrator"> = {
  id: "orchestrator.loader",
  title: "generates loader files at relative paths within the product's folder",
  async check(subject) {
    const { plugin } = await subject.create();
    const files = Object.entries(plugin.generateLoader(sampleArtifacts()));
    assert(files.length > 0, "It generates no file.");
    for (const [path, content] of files) {
      const inside = !isAbsolute(path) && !path.split(/[/\\]/).includes("..");
      assert(inside, `${path} leads outside of the product's folder.`);
      assert(content.trim() !== "", `${path} is empty.`);
      assert(content.includes("shop"), `${path} doesn't name the product.`);
    }
  },
};

const assets: Rule<"orchestrator"> = {
  id: "orchestrator.assets",
  title: "describes an asset for each transform, in dependency order",
  async check(subject) {
    const { plugin } = await subject.create();
    const described = plugin.createAssetsFromTransforms(transforms());
    assert.deepEqual(
      described.map(({ key }) => key),
      ["bronze_orders", "silver_orders", "gold_daily"],
    );
    const gold = described.at(-1);
    assert.deepEqual(gold?.dependsOn, ["silver_orders"], "`dependsOn` of gold_daily is wrong.");
    assert.deepEqual(gold?.tags, ["daily"], "`tags` of gold_daily are wrong.");
    assert.equal(gold?.group, "gold", "`group` of gold_daily is wrong.");
    assert.deepEqual(plugin.createAssetsFromTransforms([]), [], "No transforms give assets.");
  },
};

const references: Rule<"orchestrator"> = {
  id: "orchestrator.references",
  title: "refuses transforms in a circle, or that depend on what isn't there",
  async check(subject) {
    const { plugin } = await subject.create();
    const circle = [
      { name: "a", dependsOn: ["b"] },
      { name: "b", dependsOn: ["a"] },
    ];
    await expectCode("CONFIG.CYCLE", "A circle of transforms", () =>
      plugin.createAssetsFromTransforms(circle),
    );
    const dangling = [{ name: "a", dependsOn: ["nowhere"] }];
    await expectCode("CONFIG.REFERENCE", "A missing transform", () =>
      plugin.createAssetsFromTransforms(dangling),
    );
  },
};

const helm: Rule<"orchestrator"> = {
  id: "orchestrator.helm",
  title: "gives Helm values with resources, without a secret",
  async check(subject) {
    const { plugin } = await subject.create();
    const values = plugin.getHelmValues();
    assert.match(JSON.stringify(values), /"requests"/, "No resource requests stand in the values.");
    const inline = inlineSecret(values);
    assert.equal(inline, undefined, `${inline} holds a secret.`);
    assertResourcesGrow((size) => plugin.getResourceRequirements(size));
  },
};

const schedules: Rule<"orchestrator"> = {
  id: "orchestrator.schedules",
  title: "takes a schedule, and refuses a cron or a timezone that doesn't exist",
  async check(subject) {
    const { plugin } = await subject.start();
    await plugin.scheduleJob("shop", "0 8 * * *", "America/New_York");
    for (const [cron, timezone] of [
      ["0 8 * *", "UTC"],
      ["0 0 30 2 *", "UTC"],
      ["0 8 * * *", "Mars/Phobos"],
    ] as const) {
      await expectCode("CONFIG.INVALID_VALUE", `The schedule "${cron}" in ${timezone}`, () =>
        plugin.scheduleJob("shop", cron, timezone),
      );
    }
  },
};

export const orchestratorRules: KindRules<"orchestrator"> = {
  kind: "orchestrator",
  members: {
    createDefinitions: "function",
    generateLoader: "function",
    createAssetsFromTransforms: "function",
    getHelmValues: "function",
    validateConnection: "function",
    getResourceRequirements: "function",
    emitLineageEvent: "function",
    scheduleJob: "function",
  },
  pureCalls: () => [
    { title: "generateLoader()", call: (plugin) => plugin.generateLoader(sampleArtifacts()) },
    {
      title: "createAssetsFromTransforms()",
      call: (plugin) => plugin.createAssetsFromTransforms(transforms()),
    },
    { title: "getHelmValues()", call: (plugin) => plugin.getHelmValues() },
    ...SIZES.map((size) => ({
      title: `getResourceRequirements("${size}")`,
      call: (plugin: { getResourceRequirements(size: WorkloadSize): unknown }) =>
        plugin.getResourceRequirements(size),
    })),
  ],
  liveCalls: [
    { title: "validateConnection()", failure: "answers", call: (plugin) => plugin.validateConnection() },
  ],
  rules: [loaderRequired, invalid, loader, assets, references, helm, schedules],
};
