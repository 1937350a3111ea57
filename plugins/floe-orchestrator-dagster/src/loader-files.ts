import { type CompiledArtifacts, GENERATED } from "@floe/core";
import { type JobSchedule, requirementsFile } from "@floe/orchestration";

/**
 * `definitions.py`, which Dagster loads, and what its environment needs. The product's own schedule stands in
 * the artifacts; those that were set besides are handed on.
 */
export function loaderFiles(
  artifacts: CompiledArtifacts,
  schedules: ReadonlyMap<string, JobSchedule>,
): Record<string, string> {
  return {
    "definitions.py": definitions(artifacts, schedules),
    "deploy/dagster/requirements.txt": requirementsFile(artifacts, [
      "where floe is:    pip wheel --no-deps -w deploy/dagster node_modules/floe-orchestrator-dagster/python",
      "where Dagster is: pip install deploy/dagster/*.whl -r deploy/dagster/requirements.txt dagster-webserver",
    ]),
  };
}

function definitions({ metadata }: CompiledArtifacts, schedules: ReadonlyMap<string, JobSchedule>): string {
  const more = [...schedules].map(
    ([name, { cron, timezone }]) =>
      `        ${JSON.stringify(identifier(name))}: (${JSON.stringify(cron)}, ${JSON.stringify(timezone)}),`,
  );
  const name = JSON.stringify(metadata.product_name);
  const call =
    more.length === 0
      ? `defs = load_product_definitions(${name}, Path(__file__).parent)`
      : [
          "defs = load_product_definitions(",
          `    ${name},`,
          "    Path(__file__).parent,",
          "    schedules={",
          ...more,
          "    },",
          ")",
        ].join("\n");
  return `${GENERATED}
"""The product ${metadata.product_name}, for Dagster: dagster dev -f definitions.py"""

from pathlib import Path

from floe_orchestrator_dagster import load_product_definitions

${call}
`;
}

/** Dagster's names are letters, digits and underscores. */
function identifier(name: string): string {
  return name.replace(/\W/g, "_");
}
