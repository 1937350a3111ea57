import type { TestedKind } from "../options.ts";
import type { KindRules } from "../rule.ts";
import { catalogRules } from "./catalog/index.ts";
import { computeRules } from "./compute/index.ts";
import { dataQualityRules } from "./data-quality.ts";
import { dbtRules } from "./dbt.ts";
import { ingestionRules } from "./ingestion.ts";
import { lineageBackendRules } from "./lineage-backend.ts";
import { orchestratorRules } from "./orchestrator.ts";
import { semanticLayerRules } from "./semantic-layer.ts";
import { storageRules } from "./storage/index.ts";
import { telemetryBackendRules } from "./telemetry-backend.ts";

/** What is tested of each kind. */
export const KIND_RULES: { readonly [K in TestedKind]: KindRules<K> } = {
  compute: computeRules,
  orchestrator: orchestratorRules,
  catalog: catalogRules,
  semantic_layer: semanticLayerRules,
  ingestion: ingestionRules,
  dbt: dbtRules,
  data_quality: dataQualityRules,
  telemetry_backend: telemetryBackendRules,
  lineage_backend: lineageBackendRules,
  storage: storageRules,
};
