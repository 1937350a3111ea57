import { relative, sep } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Suites that take longer than half a minute, the longest first. */
export const LONGEST: readonly string[] = [
  "tooling/test/orchestrators/airflow.test.ts",
  "tooling/test/iceberg/matrix.test.ts",
  "tooling/test/iceberg/lake.test.ts",
  "tooling/test/run/demo.test.ts",
  "tooling/test/orchestrators/dagster.test.ts",
  "tooling/test/orchestrators/flights-demo.test.ts",
  "tooling/test/orchestrators/airflow-schedule.test.ts",
  "tooling/test/run/killed.test.ts",
  "tooling/test/run/run.test.ts",
  "plugins/floe-storage-azure/test/volume.test.ts",
  "plugins/floe-storage-gcs/test/volume.test.ts",
  "plugins/floe-ingestion-dlt/test/catalog.test.ts",
  "tooling/test/run/engines.test.ts",
  "tooling/test/install/install.test.ts",
  "plugins/floe-storage-azure/test/faults.test.ts",
  "plugins/floe-storage-gcs/test/faults.test.ts",
  "plugins/floe-storage-s3/test/volume.test.ts",
];

/**
 * Begins with what takes longest, so that nothing long is left for the end, when the other workers are idle.
 * By itself vitest knows only how long a suite took when it last ran here, which in a fresh clone is nothing.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.indexOf(relative(root, moduleId).replaceAll(sep, "/"));
      return index === -1 ? LONGEST.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
