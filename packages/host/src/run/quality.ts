import {
  type DatabaseConnection,
  type Expectation,
  type ExpectationResult,
  FloeError,
  type Manifest,
  tierOf,
} from "@floe/core";
import type { ModelExpectation } from "../compile/expectations.ts";
import type { RunState } from "./state.ts";

/** Weights by class where the manifest has none. */
const USUAL_WEIGHTS = { critical: 3, standard: 1, statistical: 0.5 };

/**
 * Runs checks on live data, and notes their results.
 *
 * @returns The models of which a critical check isn't met.
 * @throws FloeError `CONNECTION.*`, `COMPUTE.*`, `QUALITY.FAILED`.
 */
export async function checkModels(
  state: RunState,
  expectations: readonly ModelExpectation[],
  connection?: DatabaseConnection,
): Promise<string[]> {
  const { product, observe } = state;
  if (expectations.length === 0) return [];
  const plugin =
    product.plugins.get("data_quality") ?? product.project.missingPlugin("data_quality", "custom");
  const own = connection ?? (await product.compute.connect(product.computeConfig));
  try {
    if (!plugin.supportsSqlDialect(own.dialect)) {
      throw new FloeError(
        "PLUGIN.UNSUPPORTED",
        `The quality framework ${plugin.name} can't check ${own.dialect}.`,
        {
          next: ["Choose another plugins.data_quality.provider in manifest.yaml."],
        },
      );
    }
    const { results } = await plugin.executeChecks(
      own,
      expectations.map(({ expectation }) => expectation),
    );
    const unmet: string[] = [];
    for (const [index, { model, critical }] of expectations.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      const masked = state.mask.data(result) as ExpectationResult;
      state.checks.push({ model, result: masked });
      state.journal({ kind: "check", model, result: masked, at: new Date().toISOString() });
      observe({ type: "check", model, result: masked });
      if (critical && isUnmet(result)) unmet.push(model);
    }
    return unmet;
  } finally {
    if (connection === undefined) await own.close();
  }
}

/** The checks that are still to be run: on models that are there, and not yet checked in this run. */
export function openChecks(state: RunState, built: (model: string) => boolean): ModelExpectation[] {
  const checked = new Set(state.checks.map(({ model, result }) => `${model} ${result.expectation.name}`));
  return state.compiled.expectations.filter(
    ({ model, expectation }) => built(model) && !checked.has(`${model} ${expectation.name}`),
  );
}

/** Weights of the score by class of check, as the platform sets them. */
export function scoreWeights({ plugins }: Manifest): Record<Expectation["class"], number> {
  const { critical_checks, standard_checks, statistical_checks } = plugins.data_quality?.weights ?? {};
  return {
    critical: critical_checks ?? USUAL_WEIGHTS.critical,
    standard: standard_checks ?? USUAL_WEIGHTS.standard,
    statistical: statistical_checks ?? USUAL_WEIGHTS.statistical,
  };
}

/** A score, 0 to 100, over some of the run's checks, and dbt's tests where the framework counts them. */
export function scoreOf(state: RunState, results: readonly ExpectationResult[]): number {
  const plugin = state.product.plugins.get("data_quality");
  const weights = scoreWeights(state.product.manifest);
  const result = { success: !results.some(isUnmet), results, executionTimeSeconds: 0 };
  return plugin?.calculateQualityScore([result], weights) ?? 100;
}

/** What the platform's thresholds and gates say of the scores. */
export function judgeScores(state: RunState, results: readonly ExpectationResult[]): FloeError[] {
  const quality = state.product.manifest.plugins.data_quality;
  const { configuration } = state.product.project;
  const faults: FloeError[] = [];
  const below = (
    score: number,
    least: number,
    what: string,
    path: string[],
    severity: "error" | "warning",
  ) => {
    if (score >= least) return false;
    faults.push(
      new FloeError(
        "QUALITY.GATE_CLOSED",
        `The quality score of ${what} is ${floor(score)}, below ${least}.`,
        {
          severity,
          next: ["See which checks aren't met, and mend the data or the model."],
          where: configuration.placeInManifest(["plugins", "data_quality", ...path]),
        },
      ),
    );
    return true;
  };
  const { thresholds, quality_gates: gates = {} } = quality ?? {};
  if (thresholds !== undefined && results.length > 0) {
    const score = scoreOf(state, results);
    if (!below(score, thresholds.min_score, "the product", ["thresholds", "min_score"], "error")) {
      below(score, thresholds.warn_score, "the product", ["thresholds", "warn_score"], "warning");
    }
  }
  for (const tier of ["bronze", "silver", "gold"] as const) {
    const least = gates[tier]?.min_score;
    const ofTier = state.checks.filter(({ model }) => {
      const node = state.compiled.manifest.nodes[model];
      return node !== undefined && tierOf(node) === tier;
    });
    if (least === undefined || ofTier.length === 0) continue;
    const score = scoreOf(
      state,
      ofTier.map(({ result }) => result),
    );
    below(score, least, `the ${tier} models`, ["quality_gates", tier, "min_score"], "error");
  }
  return faults;
}

/** Whether a check wasn't met, or couldn't be evaluated. */
export function isUnmet({ status }: Pick<ExpectationResult, "status">): boolean {
  return status === "failed" || status === "error";
}

/** Rounded down, so that 69.96 isn't shown as the 70 that it misses. */
function floor(score: number): number {
  return Math.floor(score * 10) / 10;
}
