import { expectationQuery, type JsonObject, modelsOf, tierOf } from "@floe/core";
import { ProductJobs } from "../lineage/product-jobs.ts";
import { type Product, portablePath } from "../project/product.ts";
import { storageProperties } from "../project/storage-properties.ts";
import { buildableNodes, waveOf } from "../run/plan.ts";
import { scoreWeights } from "../run/quality.ts";
import type { ArtifactInputs } from "./artifacts.ts";
import { lineagePlan } from "./lineage-plan.ts";
import { PLUGIN_KEYS, reference } from "./plugin-references.ts";
import { runnerPackage } from "./python-files.ts";
import { sharedTests } from "./shared-tests.ts";

/** Changes where a reader of the older form could misunderstand the newer. */
const FORMAT = 1;
const USUAL_SIZE = "medium";

/**
 * What the Python floe's format has no place for: all that a scheduler needs to do what `floe run` does where
 * there is no Node. docs/decisions/0013 says what each part is for.
 */
export function extension(inputs: ArtifactInputs): JsonObject {
  const { product, selected, manifest } = inputs;
  const { spec, dbtProject, dbtFile, project } = product;
  const others = selected.filter(({ found }) => !(found.kind in PLUGIN_KEYS));
  const orchestrator = selected.find(({ found }) => found.kind === "orchestrator");
  // JSON.stringify leaves out what is undefined, as the schema wants it.
  return JSON.parse(
    JSON.stringify({
      format: FORMAT,
      environment: project.environment,
      owner: spec.metadata.owner,
      description: spec.metadata.description,
      labels: spec.metadata.labels,
      dbt: {
        project_dir: portablePath(product, dbtProject.projectDir),
        project_name: manifest.metadata?.project_name,
        profile: dbtProject.profile,
        target: dbtProject.target,
        target_path: dbtFile.targetPath,
        packages: dbtProject.adapterPackages,
      },
      plugins: Object.fromEntries(others.map((one) => [one.found.kind, reference(one)])),
      orchestrator: orchestrator?.config,
      resources: resources(product),
      schedule: spec.schedule,
      ingestion: ingestion(product),
      lineage: lineagePlan(inputs),
      models: models(inputs),
      waves: waves(inputs),
      tests: sharedTests(new ProductJobs(product, { manifest })),
      expectations: expectations(inputs),
      quality: quality(product),
      output_ports: spec.outputPorts,
      destinations: spec.destinations,
    }),
  ) as JsonObject;
}

/** Of the pods that run the product: the platform's preset for its size, else what its engine asks for. */
function resources({ manifest, compute }: Product): unknown {
  const wanted = manifest.defaults?.workload_size ?? USUAL_SIZE;
  const size = wanted === "small" || wanted === "large" ? wanted : USUAL_SIZE;
  return manifest.resource_presets?.[wanted] ?? compute.getResourceRequirements(size);
}

function ingestion({ spec, plugins, computeConfig }: Product): unknown {
  if (spec.ingestion === undefined) return undefined;
  const plugin = plugins.get("ingestion");
  const { sources } = spec.ingestion;
  const { catalog } = computeConfig;
  const properties = storageProperties(plugins);
  const runner = plugin?.getPythonRunner?.({
    sources,
    ...(catalog === undefined ? {} : { catalog }),
    ...(properties === undefined ? {} : { storageProperties: properties }),
  });
  return {
    plugin: plugin?.name,
    sources,
    catalog: catalog && plugin?.getDestinationConfig(catalog),
    storage_properties: properties,
    ...(runner === undefined
      ? {}
      : { runner: { module: runner.module, package: runnerPackage(runner), packages: runner.packages } }),
  };
}

function models({ manifest, product }: ArtifactInputs): unknown {
  return Object.fromEntries(
    modelsOf(manifest).map((model) => {
      const { unique_id, name, description, original_file_path, database, schema, alias, columns } = model;
      const transform = product.spec.transforms?.find((one) => one.name === name);
      return [
        unique_id,
        {
          name,
          tier: tierOf(model) ?? null,
          description: description ?? "",
          tags: [...new Set([...(model.tags ?? []), ...(transform?.tags ?? [])])],
          path: original_file_path ?? null,
          relation: [database, schema, alias ?? name].filter(Boolean),
          materialized: model.config?.materialized ?? null,
          depends_on: model.depends_on?.nodes ?? [],
          columns: Object.values(columns ?? {}).map((column) => ({
            name: column.name,
            type: column.data_type ?? null,
            description: column.description ?? "",
          })),
        },
      ];
    }),
  );
}

/**
 * Nodes that are built only after critical checks on what they read, by unique id: in the first wave after
 * the build's begin, the second, and so on. Those that aren't here are built at once.
 */
function waves({ manifest, expectations }: ArtifactInputs): Record<string, number> {
  const wave = waveOf(manifest, expectations);
  return Object.fromEntries(
    buildableNodes(manifest).flatMap((id) => (wave(id) === 0 ? [] : [[id, wave(id)] as const])),
  );
}

/** The product's checks, each with the query that judges it. */
function expectations({ expectations, manifest, product }: ArtifactInputs): unknown {
  const dialect = product.compute.generateDbtProfile(product.computeConfig).type;
  return expectations.map(({ model, expectation, critical }) => {
    const node = manifest.nodes[model];
    return {
      model,
      tier: (node && tierOf(node)) ?? null,
      critical,
      ...expectation,
      sql: expectationQuery(expectation, dialect) ?? null,
    };
  });
}

/** What scores are formed and judged by. */
function quality({ manifest, plugins }: Product): unknown {
  const { quality_gates: gates = {}, thresholds, enabled } = manifest.plugins.data_quality ?? {};
  return {
    plugin: plugins.get("data_quality")?.name ?? null,
    enabled: enabled !== false,
    weights: scoreWeights(manifest),
    thresholds: thresholds && { min_score: thresholds.min_score, warn_score: thresholds.warn_score },
    gates: Object.fromEntries(
      (["bronze", "silver", "gold"] as const).flatMap((tier) => {
        const least = gates[tier]?.min_score;
        return least === undefined ? [] : [[tier, least]];
      }),
    ),
  };
}
