import { isFloeError } from "@floe/core";
import { describe, it } from "vitest";
import type {
  CatalogTestOptions,
  ComputeTestOptions,
  DataQualityTestOptions,
  DbtTestOptions,
  IngestionTestOptions,
  LineageBackendTestOptions,
  OptionsByKind,
  OrchestratorTestOptions,
  SemanticLayerTestOptions,
  StorageTestOptions,
  TelemetryBackendTestOptions,
  TestedKind,
} from "./options.ts";
import { KIND_RULES } from "./rules/kinds.ts";
import { describeFailure, Session } from "./session/session.ts";

/** Time for what comes after a rule: stopping plugins, removing files. */
const AFTERWARDS_MS = 15_000;

/** The standard tests of a storage plugin, as a vitest suite. */
export function testStoragePlugin(options: StorageTestOptions): void {
  testPlugin("storage", options);
}

/** The standard tests of a compute plugin, as a vitest suite. */
export function testComputePlugin(options: ComputeTestOptions): void {
  testPlugin("compute", options);
}

/** The standard tests of an orchestrator plugin, as a vitest suite. */
export function testOrchestratorPlugin(options: OrchestratorTestOptions): void {
  testPlugin("orchestrator", options);
}

/** The standard tests of a catalog plugin, as a vitest suite. */
export function testCatalogPlugin(options: CatalogTestOptions): void {
  testPlugin("catalog", options);
}

/** The standard tests of a semantic-layer plugin, as a vitest suite. */
export function testSemanticLayerPlugin(options: SemanticLayerTestOptions): void {
  testPlugin("semantic_layer", options);
}

/** The standard tests of an ingestion plugin, as a vitest suite. */
export function testIngestionPlugin(options: IngestionTestOptions): void {
  testPlugin("ingestion", options);
}

/** The standard tests of a dbt plugin, as a vitest suite. */
export function testDbtPlugin(options: DbtTestOptions): void {
  testPlugin("dbt", options);
}

/** The standard tests of a data-quality plugin, as a vitest suite. */
export function testDataQualityPlugin(options: DataQualityTestOptions): void {
  testPlugin("data_quality", options);
}

/** The standard tests of a telemetry-backend plugin, as a vitest suite. */
export function testTelemetryBackendPlugin(options: TelemetryBackendTestOptions): void {
  testPlugin("telemetry_backend", options);
}

/** The standard tests of a lineage-backend plugin, as a vitest suite. */
export function testLineageBackendPlugin(options: LineageBackendTestOptions): void {
  testPlugin("lineage_backend", options);
}

/** The standard tests of a kind, as a vitest suite: one test per rule of its contract. */
export function testPlugin<K extends TestedKind>(kind: K, options: OptionsByKind[K]): void {
  const session = new Session(KIND_RULES[kind], options);
  describe(`the ${kind} plugin ${options.plugin?.name}`, () => {
    for (const rule of session.rules) {
      const reason = session.reasonToSkip(rule);
      const title = `${rule.title} (${rule.id})`;
      if (reason !== undefined) it.skip(`${title}: ${reason}`);
      else {
        it(title, { timeout: session.limitMs + AFTERWARDS_MS }, async () => {
          await session.check(rule).catch((error: unknown) => {
            // A FloeError's own message leaves out its code and reason.
            throw isFloeError(error) ? new Error(describeFailure(error), { cause: error }) : error;
          });
        });
      }
    }
  });
}
