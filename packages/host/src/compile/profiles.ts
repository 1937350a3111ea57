import type { ComputeConfig, ComputePlugin, DbtProfileOutput } from "@floe/core";
import { GENERATED } from "@floe/core/contracts";
import { stringify } from "yaml";

/** The environments that every product has a dbt target for; another that is asked for comes on top. */
const ENVIRONMENTS = ["dev", "staging", "prod"];

export interface DbtProfiles {
  [profile: string]: { target: string; outputs: { [target: string]: DbtProfileOutput } };
}

/**
 * dbt's profiles with a target for each environment. Named as the product, and also as the dbt project
 * names its profile, so that plain `dbt` and an orchestrator's loader find it too.
 */
export function createProfiles(
  compute: ComputePlugin,
  config: ComputeConfig,
  dbtProfile: string | undefined,
): DbtProfiles {
  const targets = [...new Set([...ENVIRONMENTS, config.target])];
  const outputs = Object.fromEntries(
    targets.map((target) => [target, compute.generateDbtProfile({ ...config, target })]),
  );
  const names = new Set([config.productName, dbtProfile ?? config.productName]);
  return Object.fromEntries([...names].map((name) => [name, { target: "dev", outputs }]));
}

/** As `profiles.yml`. Both names of a profile are written out: dbt's own reader takes no anchors for granted. */
export function renderProfiles(profiles: DbtProfiles): string {
  return `${GENERATED}\n${stringify(profiles, { aliasDuplicateObjects: false, lineWidth: 0 })}`;
}
