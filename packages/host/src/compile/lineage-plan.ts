import {
  createRunEvent,
  type Dataset,
  facetSchemaUrl,
  fileDataset,
  type IngestionSource,
  pyicebergCatalogProperties,
  secretEnvironmentVariable,
} from "@floe/core";
import { catalogFacets } from "../lineage/catalog-tables.ts";
import { columnLineagePackages } from "../lineage/column-lineage-python.ts";
import type { LineageNaming } from "../lineage/lineage-naming.ts";
import { type ProductJob, ProductJobs } from "../lineage/product-jobs.ts";
import { PRODUCER } from "../lineage/recorder.ts";
import { sourceDataset } from "../lineage/source-dataset.ts";
import type { Product } from "../project/product.ts";
import type { ArtifactInputs } from "./artifacts.ts";

/** `local`: the name is a path below the product's folder, wherever that is when the job runs. */
type PlannedDataset = Dataset & { local?: true };

const BUILT = new Set(["model", "seed", "snapshot"]);

/**
 * Everything that an orchestrator needs to tell a run in the words of `floe run`, without knowing how they are
 * formed: the names of jobs and datasets, what all jobs of a kind say, where events go, and the schemas of the
 * facets that only a run knows.
 */
export function lineagePlan({ product, manifest, lineage }: ArtifactInputs): Record<string, unknown> {
  const jobs = new ProductJobs(product, { manifest, dbtVersion: manifest.metadata?.dbt_version });
  const sources = product.spec.ingestion?.sources ?? [];
  const built = Object.values(manifest.nodes).filter(
    ({ resource_type, config }) => BUILT.has(resource_type) && config?.materialized !== "ephemeral",
  );
  const resources = [...built, ...Object.values(manifest.sources ?? {})];
  return {
    enabled: lineage.enabled,
    namespace: lineage.jobNamespace,
    job: product.spec.metadata.name,
    producer: PRODUCER,
    schema_url: SCHEMA_URL,
    ...transport(lineage),
    ...tables(product, jobs),
    facet_schemas: {
      parent: facetSchemaUrl("run", "parent"),
      errorMessage: facetSchemaUrl("run", "errorMessage"),
      processing_engine: facetSchemaUrl("run", "processing_engine"),
      extractionError: facetSchemaUrl("run", "extractionError"),
      test: facetSchemaUrl("run", "test"),
      documentation: facetSchemaUrl("job", "documentation"),
      sql: facetSchemaUrl("job", "sql"),
      schema: facetSchemaUrl("dataset", "schema"),
      columnLineage: facetSchemaUrl("dataset", "columnLineage"),
      symlinks: facetSchemaUrl("dataset", "symlinks"),
      version: facetSchemaUrl("dataset", "version"),
      dataQualityAssertions: facetSchemaUrl("inputDataset", "dataQualityAssertions"),
      outputStatistics: facetSchemaUrl("outputDataset", "outputStatistics"),
    },
    kinds: {
      product: kindOf(jobs.product()),
      ...Object.fromEntries(sources.slice(0, 1).map((source) => ["ingestion", kindOf(jobs.source(source))])),
      ...Object.fromEntries(built.map((node) => [node.resource_type, kindOf(jobs.node(node))])),
      ...Object.fromEntries(built.slice(0, 1).map((node) => ["quality", kindOf(jobs.quality(node))])),
    },
    datasets: Object.fromEntries(resources.map((one) => [one.unique_id, jobs.datasetOf(one)])),
    sources: Object.fromEntries(
      sources.map((source) => [
        source.name,
        {
          job: jobs.source(source).name,
          inputs: [readBy(source, product)],
          outputs: [jobs.loadedDataset(source)],
          table: jobs.loadedParts(source),
        },
      ]),
    ),
    nodes: Object.fromEntries(
      built.map((node) => [
        node.unique_id,
        {
          job: jobs.node(node).name,
          kind: node.resource_type,
          inputs: jobs.inputsOf(node).map(({ unique_id }) => unique_id),
          quality_job: jobs.quality(node).name,
        },
      ]),
    ),
  };
}

/** By which of a table's parts its name stands in a dataset's. */
const PARTS = ["{database}", "{schema}", "{table}"];

/**
 * How tables are looked at and named that the compile can't know: those that only a model's SQL names, and those
 * in a catalog, which are named by where they lie.
 */
function tables(product: Product, jobs: ProductJobs): Record<string, unknown> {
  const { compute, computeConfig, plugins } = product;
  const { catalog } = computeConfig;
  const type = plugins.get("catalog")?.name ?? "rest";
  return {
    dialect: compute.generateDbtProfile(computeConfig).type,
    names: jobs.datasetAt(PARTS),
    catalog: catalog && {
      name: catalog.name,
      names: jobs.datasetAt([catalog.name, ...PARTS.slice(1)]),
      facets: catalogFacets(catalog, type),
      properties: pyicebergCatalogProperties(
        catalog,
        (reference) => `{{ env_var('${secretEnvironmentVariable(reference)}') }}`,
      ),
    },
    packages: [...columnLineagePackages(), ...(catalog === undefined ? [] : CATALOG_PACKAGES)],
  };
}

/** What looks into the catalog where there is no Node. */
const CATALOG_PACKAGES = ["pyiceberg==0.12.0", "pyarrow==26.0.1"];

/** What all jobs of a kind say in their events. Their descriptions are their own. */
function kindOf({ facets: { documentation: _, ...facets }, engine }: ProductJob): Record<string, unknown> {
  return { facets, ...(engine === undefined ? {} : { engine }) };
}

const { schemaURL: SCHEMA_URL } = createRunEvent({
  eventType: "START",
  eventTime: "",
  producer: PRODUCER,
  run: { runId: "" },
  job: { namespace: "", name: "" },
});

function transport({ enabled, endpoint, transport: given }: LineageNaming): Record<string, unknown> {
  if (!enabled || endpoint === undefined) return {};
  return {
    transport: {
      url: endpoint,
      timeout: given?.timeout ?? 5,
      ...(given?.auth === undefined ? {} : { token_variable: given.auth.apiKeyEnvironmentVariable }),
      ...(given?.eventTypes === undefined ? {} : { event_types: given.eventTypes }),
    },
  };
}

/** A relative path stays relative: the compiled product goes to other machines, and its folder with it. */
function readBy(source: IngestionSource, { project }: Product): PlannedDataset {
  const { projectDir } = project.paths;
  const dataset = sourceDataset(source, projectDir);
  const address = source.sourceType === "rest" ? source.url : source.path;
  if (dataset.namespace !== fileDataset("/").namespace || /^(?:[/\\]|[A-Za-z]:|file:)/.test(address))
    return dataset;
  return {
    ...sourceDataset(source, "/"),
    name: sourceDataset(source, "/").name.replace(/^\/+/, "") || ".",
    local: true,
  };
}
