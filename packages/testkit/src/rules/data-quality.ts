import { strict as assert } from "node:assert";
import { join } from "node:path";
import {
  type DatabaseConnection,
  type Expectation,
  expectationSchema,
  type QualityCheckResult,
} from "@floe/core";
import type { KindRules, PureCall, Rule } from "../rule.ts";
import type { Subject } from "../session/subject.ts";
import { type SampleModel, sampleManifest } from "./sample-manifest.ts";
import { knownVerdicts, sampleTable } from "./sample-rows.ts";

const offline = ({ offline: reason }: { offline?: string }): string | undefined => reason;

async function connect(subject: Subject<"data_quality">): Promise<DatabaseConnection> {
  const connection = await subject.options.connect(sampleTable(), { dir: subject.dir });
  subject.later(() => connection.close());
  return connection;
}

const verdicts: Rule<"data_quality"> = {
  id: "quality.verdicts",
  title: "gives the verdict and the number of failing rows that every framework gives",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const connection = await connect(subject);
    const supported = knownVerdicts().filter(
      ({ expectation }) => subject.options.unsupported?.[expectation.type] === undefined,
    );
    const { results, success, executionTimeSeconds } = await plugin.executeChecks(
      connection,
      supported.map(({ expectation }) => expectation),
    );
    assert.deepEqual(
      results.map(({ expectation }) => expectation.name),
      supported.map(({ expectation }) => expectation.name),
      "The results aren't in the order that was asked.",
    );
    for (const [index, { expectation, status, failingRows }] of supported.entries()) {
      const { name: _name, table: _table, ...what } = expectation;
      const given = results[index];
      const words = `${JSON.stringify(what)}: ${given?.message ?? ""}`;
      assert.equal(given?.status, status, `The verdict is wrong on ${words}`);
      assert.equal(given?.failingRows, failingRows, `failingRows is wrong on ${words}`);
    }
    assert.equal(success, false, "success must be false where an error-level expectation failed.");
    assert(executionTimeSeconds >= 0, "The time is negative.");
  },
};

const severity: Rule<"data_quality"> = {
  id: "quality.severity",
  title: "succeeds where only warnings fail, and where nothing is asked",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const connection = await connect(subject);
    const warning = expectation({ type: "not_null", column: "name", severity: "warn" });
    assert.equal(
      (await plugin.executeChecks(connection, [warning])).success,
      true,
      "A failed warning fails the check.",
    );
    const nothing = await plugin.executeChecks(connection, []);
    assert.deepEqual([nothing.success, nothing.results], [true, []], "No expectations aren't a success.");
  },
};

const unevaluated: Rule<"data_quality"> = {
  id: "quality.unevaluated",
  title: "tells an expectation that can't be evaluated as an error of its own, and goes on",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const connection = await connect(subject);
    const asked = [
      expectation({ type: "not_null", column: "nowhere" }),
      expectation({ type: "not_null", column: "id" }),
    ];
    const { results, success } = await plugin.executeChecks(connection, asked);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["error", "passed"],
      "The statuses are wrong.",
    );
    assert(results[0]?.message, "It doesn't say why the expectation couldn't be evaluated.");
    assert.equal(success, false, "It succeeded although an expectation couldn't be evaluated.");
  },
};

const hostile: Rule<"data_quality"> = {
  id: "quality.quoting",
  title: "quotes names and binds values, whatever stands in them",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const connection = await connect(subject);
    const asked = [
      expectation({ type: "not_null", column: 'x"; DROP TABLE floe_testkit; --' }),
      expectation({
        type: "accepted_values",
        column: "name",
        values: ["'); DROP TABLE floe_testkit; --", "o'brien"],
      }),
      expectation({ type: "row_count_between", min: 5, max: 5 }),
    ];
    const { results } = await plugin.executeChecks(connection, asked);
    assert.deepEqual(
      results.map(({ status, failingRows }) => [status, failingRows]).slice(1),
      [
        ["failed", 3],
        ["passed", null],
      ],
      "What stood in a name or value changed the answer.",
    );
    assert.equal(results[0]?.status, "error", "A column that isn't there was evaluated.");
  },
};

const samples: Rule<"data_quality"> = {
  id: "quality.samples",
  title: "keeps failing rows only where they are asked for, and no more than asked",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const connection = await connect(subject);
    const asked = [expectation({ type: "unique", columns: ["id"] })];
    const { results: plain } = await plugin.executeChecks(connection, asked);
    assert.equal(plain[0]?.samples?.length ?? 0, 0, "It kept rows that nobody asked for.");
    const { results } = await plugin.executeChecks(connection, asked, { sampleRows: 1 });
    assert((results[0]?.samples?.length ?? 0) <= 1, "It kept more rows than were asked for.");
  },
};

const score: Rule<"data_quality"> = {
  id: "quality.score",
  title: "scores sum(passed x weight) / sum(weight) x 100",
  async check(subject) {
    const { plugin } = await subject.create();
    const weights = { critical: 3, standard: 1 };
    const of = (...results: [Expectation["class"], QualityCheckResult["results"][number]["status"]][]) =>
      plugin.calculateQualityScore([resultOf(results)], weights);
    assert.equal(plugin.calculateQualityScore([], weights), 100, "Nothing to score must be 100.");
    assert.equal(of(["critical", "passed"], ["standard", "failed"]), 75);
    assert.equal(of(["critical", "failed"], ["standard", "passed"]), 25);
    assert.equal(of(["critical", "error"], ["critical", "passed"]), 50, "An error must count as failed.");
    assert.equal(of(["critical", "skipped"], ["standard", "passed"]), 100, "A skipped check must not count.");
    assert.equal(
      of(["statistical", "failed"], ["standard", "passed"]),
      50,
      "A class without a weight has 1.",
    );
    const two = [resultOf([["standard", "passed"]]), resultOf([["critical", "failed"]])];
    assert.equal(plugin.calculateQualityScore(two, weights), 25, "Several results must be scored together.");
  },
};

const MODELS: readonly SampleModel[] = [
  {
    name: "gold_orders",
    tier: "gold",
    columns: ["id", "amount"],
    tests: { id: ["not_null", "unique"], amount: ["not_null"] },
  },
  { name: "silver_orders", tier: "silver", columns: ["id", "amount"], tests: { id: ["not_null"] } },
];

const gates: Rule<"data_quality"> = {
  id: "quality.gates",
  title: "opens the gates that the dbt project's tests reach, and closes the others",
  async check(subject) {
    const { plugin } = await subject.start();
    const manifest = sampleManifest(MODELS);
    const open = await plugin.validateQualityGates(manifest, { gold: 100, silver: 50, bronze: 100 });
    assert.deepEqual(
      [open.success, open.errors],
      [true, []],
      "A gate that is reached, or has no model, is closed.",
    );
    const closed = await plugin.validateQualityGates(manifest, { silver: 51 });
    assert.equal(closed.success, false, "A gate that isn't reached is open.");
    const told = closed.errors.map(({ message, subject: about }) => `${message} ${about ?? ""}`).join(" ");
    assert.match(told, /silver/, "It doesn't say which tier or model.");
  },
};

const configFile: Rule<"data_quality"> = {
  id: "quality.config-file",
  title: "tells a configuration file that can't be read as a finding",
  async check(subject) {
    const { plugin } = await subject.start();
    const { success, errors } = await plugin.validateConfig(
      join(subject.dir, "nowhere.yml"),
      sampleManifest(MODELS),
    );
    assert.equal(success, false, "A file that isn't there is valid.");
    assert(
      errors.length > 0 && errors.every(({ message }) => message.trim() !== ""),
      "It doesn't say what is wrong.",
    );
  },
};

const lineage: Rule<"data_quality"> = {
  id: "quality.lineage",
  title: "turns results into OpenLineage assertions, one for each expectation that was evaluated",
  async check(subject) {
    const { plugin } = await subject.create();
    const dataset = { namespace: "duckdb:///shop.duckdb", name: "shop.main.floe_testkit" };
    const result = resultOf([
      ["critical", "passed"],
      ["standard", "failed"],
    ]);
    const { namespace, name, inputFacets } = plugin.getLineageEmitter().toInputDataset(dataset, result);
    assert.deepEqual({ namespace, name }, dataset, "The dataset was changed.");
    const facet = inputFacets?.dataQualityAssertions as
      | { _schemaURL?: string; assertions?: { success: boolean }[] }
      | undefined;
    assert.match(
      facet?._schemaURL ?? "",
      /DataQualityAssertionsDatasetFacet/,
      "The facet has no _schemaURL.",
    );
    assert.deepEqual(
      facet?.assertions?.map(({ success }) => success),
      [true, false],
      "The verdicts came out otherwise.",
    );
  },
};

const dialects: Rule<"data_quality"> = {
  id: "quality.dialects",
  title: "knows which SQL dialects it supports",
  async check(subject) {
    const { plugin } = await subject.create();
    assert.equal(
      plugin.supportsSqlDialect(subject.options.dialect),
      true,
      `It doesn't support ${subject.options.dialect}.`,
    );
    assert.equal(
      plugin.supportsSqlDialect("no-such-dialect"),
      false,
      "It supports a dialect that doesn't exist.",
    );
  },
};

function expectation(given: Record<string, unknown>): Expectation {
  return expectationSchema.parse({ name: `${given.type}`, table: [...sampleTable().name], ...given });
}

function resultOf(
  results: readonly [Expectation["class"], QualityCheckResult["results"][number]["status"]][],
): QualityCheckResult {
  return {
    success: results.every(([, status]) => status === "passed"),
    executionTimeSeconds: 0,
    results: results.map(([kind, status], index) => ({
      expectation: {
        ...expectation({ type: "not_null", column: "id", class: kind }),
        name: `check_${index}`,
      },
      status,
      failingRows: status === "failed" ? 1 : 0,
      rowsChecked: 5,
    })),
  };
}

const pureCalls = (): PureCall<"data_quality">[] => [
  {
    title: "calculateQualityScore()",
    call: (plugin) =>
      plugin.calculateQualityScore(
        [
          resultOf([
            ["critical", "passed"],
            ["standard", "failed"],
          ]),
        ],
        { critical: 3 },
      ),
  },
  { title: 'supportsSqlDialect("duckdb")', call: (plugin) => plugin.supportsSqlDialect("duckdb") },
  {
    title: "toInputDataset()",
    call: (plugin) =>
      plugin
        .getLineageEmitter()
        .toInputDataset({ namespace: "n", name: "d" }, resultOf([["critical", "passed"]])),
  },
];

export const dataQualityRules: KindRules<"data_quality"> = {
  kind: "data_quality",
  members: {
    validateConfig: "function",
    validateQualityGates: "function",
    executeChecks: "function",
    calculateQualityScore: "function",
    getLineageEmitter: "function",
    supportsSqlDialect: "function",
  },
  pureCalls,
  liveCalls: [],
  rules: [verdicts, severity, unevaluated, hostile, samples, score, gates, configFile, lineage, dialects],
};
