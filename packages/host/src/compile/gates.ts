import {
  type DataQualityPlugin,
  type DbtManifest,
  type Finding,
  FloeError,
  type GateTier,
  type JsonObject,
  judgeRequiredTests,
  type QualityConfig,
  type Tier,
} from "@floe/core";
import type { Configuration } from "../config/load-configuration.ts";
import { displayPath } from "../config/yaml-document.ts";

const TIERS: readonly Tier[] = ["bronze", "silver", "gold"];

/** What is needed to judge a compiled project by the platform's gates. */
export interface GateInputs {
  manifest: DbtManifest;
  quality: QualityConfig | undefined;
  plugin: DataQualityPlugin | undefined;
  configuration: Configuration;
  /** The dbt project's folder, which findings' files are relative to. */
  dbtProjectDir: string;
  cwd: string;
}

/**
 * Which of the platform's quality gates the dbt project's own tests don't open. Judged on dbt's manifest,
 * each time: whether a rule is met is never taken from a cache.
 */
export async function judgeGates(inputs: GateInputs): Promise<FloeError[]> {
  const { manifest, quality, plugin, configuration, dbtProjectDir, cwd } = inputs;
  const gates = quality?.quality_gates;
  if (gates === undefined || quality?.enabled === false) return [];
  const by = <T>(read: (gate: GateTier) => T | undefined): Record<string, T> =>
    Object.fromEntries(
      TIERS.flatMap((tier) => {
        const gate = gates[tier];
        const value = gate && read(gate);
        return value === undefined ? [] : [[tier, value]];
      }),
    );
  const coverage = by(({ min_test_coverage }) => min_test_coverage);
  const required = by(({ required_tests }) => required_tests);
  const judged = await plugin?.validateQualityGates(manifest as unknown as JsonObject, coverage);
  const fault = (finding: Finding, key: string, severity: "error" | "warning"): FloeError => {
    const tier =
      TIERS.find((one) => finding.subject === one || finding.message.includes(`${one} `)) ?? "gold";
    const gate = configuration.placeInManifest(["plugins", "data_quality", "quality_gates", tier, key]);
    const asked =
      gate === undefined
        ? undefined
        : `${gate.file}${gate.line === undefined ? "" : `:${gate.line}`} asks for it.`;
    return new FloeError("QUALITY.GATE_CLOSED", finding.message, {
      severity,
      why: asked,
      next: finding.suggestion === undefined ? [] : [finding.suggestion],
      where:
        finding.file === undefined
          ? gate
          : {
              file: displayPath(`${dbtProjectDir}/${finding.file}`, cwd),
              ...(finding.line === undefined ? {} : { line: finding.line }),
            },
    });
  };
  return [
    ...(judged?.errors ?? []).map((one) => fault(one, "min_test_coverage", "error")),
    ...(judged?.warnings ?? []).map((one) => fault(one, "min_test_coverage", "warning")),
    ...judgeRequiredTests(manifest, required).map((one) => fault(one, "required_tests", "error")),
  ];
}
