import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type DbtRunResult, isFloeError } from "@floe/core";
import type { DbtTestOptions } from "../options.ts";
import type { KindRules, Rule } from "../rule.ts";
import type { Subject } from "../session/subject.ts";
import { expectCode, failureOf } from "./expect-code.ts";

const without =
  (option: "brokenProject" | "failingProject") =>
  (options: DbtTestOptions): string | undefined =>
    options.offline ?? (options[option] === undefined ? `The options have no \`${option}\`.` : undefined);

const offline = ({ offline: reason }: DbtTestOptions): string | undefined => reason;

function assertResult(result: DbtRunResult, what: string): void {
  const { success, failures, manifestPath, runResultsPath, catalogPath, executionTimeSeconds, metadata } =
    result;
  assert.equal(success, failures === 0, `${what}: success is ${success} with ${failures} failures.`);
  for (const path of [manifestPath, runResultsPath, ...(catalogPath === null ? [] : [catalogPath])]) {
    assert(isAbsolute(path) && existsSync(path), `${what}: ${path} isn't there.`);
  }
  assert(executionTimeSeconds >= 0, `${what}: the time is negative.`);
  assert(typeof metadata === "object" && metadata !== null, `${what}: metadata must be a mapping.`);
}

const project = (subject: Subject<"dbt">) => subject.options.project({ dir: subject.dir });

const compiles: Rule<"dbt"> = {
  id: "dbt.compiles",
  title: "compiles a project and says where the manifest is",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const path = await plugin.compileProject(await project(subject));
    assert(isAbsolute(path) && existsSync(path), `There is no manifest at ${path}.`);
    const { nodes } = JSON.parse(readFileSync(path, "utf8"));
    assert(Object.keys(nodes ?? {}).length > 0, "The manifest has no nodes.");
  },
};

const broken: Rule<"dbt"> = {
  id: "dbt.compilation-error",
  title: "says DBT.COMPILATION_FAILED with file and line for a project that can't be compiled",
  notApplicable: without("brokenProject"),
  async check(subject) {
    const { plugin } = await subject.start();
    const given = await subject.options.brokenProject?.({ dir: subject.dir });
    assert(given);
    const error = await failureOf(() => plugin.compileProject(given));
    await expectCode("DBT.COMPILATION_FAILED", "Compiling a broken project", () => {
      if (error !== undefined) throw error;
    });
    const { where } = error as { where?: { file: string; line?: number } };
    assert(where?.file, "It doesn't say in which file (`where`).");
    assert((where.line ?? 0) > 0, "It doesn't say on which line.");
  },
};

const runs: Rule<"dbt"> = {
  id: "dbt.runs",
  title: "runs models and tests, and counts them",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const given = await project(subject);
    const { models, tests } = subject.options.expected;
    const ran = await plugin.runModels(given);
    assertResult(ran, "runModels()");
    assert.equal(ran.success, true, "runModels() failed.");
    assert.equal(ran.modelsRun, models, `runModels() counts ${ran.modelsRun} models.`);
    const tested = await plugin.testModels(given);
    assertResult(tested, "testModels()");
    assert.equal(tested.testsRun, tests, `testModels() counts ${tested.testsRun} tests.`);
  },
};

const builds: Rule<"dbt"> = {
  id: "dbt.builds",
  title: "builds models and tests together, tells each as it ends, and lists what a selection means",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const given = await project(subject);
    const { models, tests, aModel } = subject.options.expected;
    const ended = new Set<string>();
    const built = await plugin.buildModels(given, {
      onNode: ({ uniqueId, status }) => {
        if (status !== "started") ended.add(uniqueId);
      },
    });
    assertResult(built, "buildModels()");
    assert.deepEqual([built.modelsRun, built.testsRun], [models, tests], "buildModels() counts otherwise.");
    assert.equal(ended.size, models + tests, `It told of ${ended.size} nodes that ended.`);
    const all = await plugin.listNodes(given);
    assert.deepEqual([...ended].sort(), [...all].sort(), "listNodes() lists other nodes than were built.");
    const one = await plugin.listNodes(given, { select: aModel, indirectSelection: "empty" });
    assert.equal(one.length, 1, `listNodes() of "${aModel}" without its tests gives ${one.join(", ")}.`);
  },
};

const selects: Rule<"dbt"> = {
  id: "dbt.selects",
  title: "runs only what is selected, and not what is excluded",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const given = await project(subject);
    const { models, aModel } = subject.options.expected;
    await plugin.runModels(given);
    const one = await plugin.runModels(given, { select: aModel });
    assert.equal(one.modelsRun, 1, `With select: "${aModel}" it ran ${one.modelsRun} models.`);
    const others = await plugin.runModels(given, { exclude: aModel });
    assert.equal(
      others.modelsRun,
      models - 1,
      `With exclude: "${aModel}" it ran ${others.modelsRun} models.`,
    );
    const all = await plugin.runModels(given, { fullRefresh: true });
    assert.equal(all.success, true, "With fullRefresh it failed.");
  },
};

const failing: Rule<"dbt"> = {
  id: "dbt.failing",
  title: "tells a model that fails as a result, not as an exception",
  notApplicable: without("failingProject"),
  async check(subject) {
    const { plugin } = await subject.start();
    const given = await subject.options.failingProject?.({ dir: subject.dir });
    assert(given);
    const result = await plugin.runModels(given);
    assertResult(result, "runModels()");
    assert(!result.success && result.failures > 0, "A model that fails is told as success.");
  },
};

const artifacts: Rule<"dbt"> = {
  id: "dbt.artifacts",
  title: "gives dbt's artifacts, or says DBT.ARTIFACT_MISSING",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const given = await project(subject);
    await plugin.runModels(given);
    const manifest = await plugin.getManifest(given.projectDir);
    assert("nodes" in manifest, "getManifest() gave no manifest.");
    const results = await plugin.getRunResults(given.projectDir);
    assert(Array.isArray(results.results), "getRunResults() gave no results.");
    const empty = join(subject.dir, "nothing", "here");
    await expectCode("DBT.ARTIFACT_MISSING", "getManifest() of no project", () => plugin.getManifest(empty));
    await expectCode("DBT.ARTIFACT_MISSING", "getRunResults() of no project", () =>
      plugin.getRunResults(empty),
    );
  },
};

const lints: Rule<"dbt"> = {
  id: "dbt.lints",
  title: "lints if it says so, and says PLUGIN.UNSUPPORTED if it doesn't",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    const failure = await failureOf(async () => {
      const { success, issues, filesChecked } = await plugin.lintProject(await project(subject));
      assert.equal(success, issues.length === 0, `success is ${success} with ${issues.length} issues.`);
      assert(filesChecked > 0, "It checked no files.");
      for (const { line, column, rule: name } of issues)
        assert(line > 0 && column > 0 && name !== "", "An issue has no place.");
    });
    const unsupported = isFloeError(failure) && failure.code === "PLUGIN.UNSUPPORTED";
    if (failure !== undefined && !unsupported) throw failure;
    assert.equal(
      unsupported,
      !plugin.supportsSqlLinting(),
      "supportsSqlLinting() says otherwise than lintProject().",
    );
  },
};

const metadata: Rule<"dbt"> = {
  id: "dbt.metadata",
  title: "tells which dbt it runs",
  notApplicable: offline,
  async check(subject) {
    const { plugin } = await subject.start();
    await plugin.compileProject(await project(subject));
    const { dbt_version: version } = await plugin.getRuntimeMetadata();
    assert.match(version ?? "", /^\d+\.\d+/, `dbt_version is ${version}.`);
  },
};

export const dbtRules: KindRules<"dbt"> = {
  kind: "dbt",
  members: {
    compileProject: "function",
    runModels: "function",
    testModels: "function",
    buildModels: "function",
    listNodes: "function",
    lintProject: "function",
    getManifest: "function",
    getRunResults: "function",
    supportsParallelExecution: "function",
    supportsSqlLinting: "function",
    getRuntimeMetadata: "function",
  },
  pureCalls: () => [
    { title: "supportsParallelExecution()", call: (plugin) => plugin.supportsParallelExecution() },
    { title: "supportsSqlLinting()", call: (plugin) => plugin.supportsSqlLinting() },
  ],
  liveCalls: [
    {
      title: "compileProject()",
      failure: "throws",
      call: async (plugin, subject) => plugin.compileProject(await project(subject)),
    },
  ],
  rules: [compiles, broken, runs, builds, selects, failing, artifacts, lints, metadata],
};
