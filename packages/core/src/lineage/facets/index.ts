import type { Facet } from "./base.ts";
import type { KnownDatasetFacets, KnownInputDatasetFacets, KnownOutputDatasetFacets } from "./dataset.ts";
import type { KnownJobFacets } from "./job.ts";
import type { KnownRunFacets } from "./run.ts";

export type * from "./base.ts";
export type * from "./dataset.ts";
export type * from "./job.ts";
export type * from "./run.ts";

/** Facets by key: those of the specification typed, and any of a producer's own. */
type Facets<Known> = Partial<Known> & { readonly [key: string]: Facet | undefined };

export type RunFacets = Facets<KnownRunFacets>;
export type JobFacets = Facets<KnownJobFacets>;
export type DatasetFacets = Facets<KnownDatasetFacets>;
export type InputDatasetFacets = Facets<KnownInputDatasetFacets>;
export type OutputDatasetFacets = Facets<KnownOutputDatasetFacets>;

/** All facets of the specification: where they go, then their key there. */
export interface KnownFacets {
  run: KnownRunFacets;
  job: KnownJobFacets;
  dataset: KnownDatasetFacets;
  inputDataset: KnownInputDatasetFacets;
  outputDataset: KnownOutputDatasetFacets;
}

/** Schema of each facet: its version, its file, and its definition where that is named otherwise. */
const SCHEMAS: { readonly [P in keyof KnownFacets]: { readonly [K in keyof KnownFacets[P]]: string } } = {
  run: {
    parent: "1-2-0/ParentRunFacet",
    errorMessage: "1-0-1/ErrorMessageRunFacet",
    processing_engine: "1-1-1/ProcessingEngineRunFacet",
    nominalTime: "1-0-1/NominalTimeRunFacet",
    test: "1-0-1/TestRunFacet",
    externalQuery: "1-0-2/ExternalQueryRunFacet",
    extractionError: "1-1-2/ExtractionErrorRunFacet",
    environmentVariables: "1-0-0/EnvironmentVariablesRunFacet",
    executionParameters: "1-0-0/ExecutionParametersRunFacet",
    jobDependencies: "1-0-1/JobDependenciesRunFacet",
    tags: "1-0-0/TagsRunFacet",
  },
  job: {
    jobType: "2-0-4/JobTypeJobFacet",
    sql: "1-1-0/SQLJobFacet",
    documentation: "1-1-0/DocumentationJobFacet",
    ownership: "1-0-1/OwnershipJobFacet",
    sourceCode: "1-0-1/SourceCodeJobFacet",
    sourceCodeLocation: "1-1-0/SourceCodeLocationJobFacet",
    tags: "1-0-0/TagsJobFacet",
    lineage: "1-0-0/LineageFacet#LineageJobFacet",
  },
  dataset: {
    schema: "1-2-0/SchemaDatasetFacet",
    columnLineage: "1-2-0/ColumnLineageDatasetFacet",
    dataSource: "1-0-1/DatasourceDatasetFacet",
    catalog: "1-1-0/CatalogDatasetFacet",
    version: "1-0-1/DatasetVersionDatasetFacet",
    datasetType: "1-0-1/DatasetTypeDatasetFacet",
    documentation: "1-1-0/DocumentationDatasetFacet",
    ownership: "1-0-1/OwnershipDatasetFacet",
    storage: "1-0-1/StorageDatasetFacet",
    symlinks: "1-0-1/SymlinksDatasetFacet",
    tags: "1-0-0/TagsDatasetFacet",
    lifecycleStateChange: "1-0-1/LifecycleStateChangeDatasetFacet",
    hierarchy: "1-0-0/HierarchyDatasetFacet",
    lineage: "1-0-0/LineageFacet#LineageDatasetFacet",
    dataQualityMetrics: "1-0-0/DataQualityMetricsDatasetFacet",
  },
  inputDataset: {
    dataQualityAssertions: "1-1-0/DataQualityAssertionsDatasetFacet",
    dataQualityMetrics: "1-0-3/DataQualityMetricsInputDatasetFacet",
    inputStatistics: "1-0-0/InputStatisticsInputDatasetFacet",
    subset: "1-0-0/BaseSubsetDatasetFacet#InputSubsetInputDatasetFacet",
  },
  outputDataset: {
    outputStatistics: "1-0-2/OutputStatisticsOutputDatasetFacet",
    subset: "1-0-0/BaseSubsetDatasetFacet#OutputSubsetOutputDatasetFacet",
  },
};

/** The `_schemaURL` of a facet. */
export function facetSchemaUrl<P extends keyof KnownFacets>(
  place: P,
  key: keyof KnownFacets[P] & string,
): string {
  const schema: string = SCHEMAS[place][key];
  const [file = "", definition = file.slice(file.indexOf("/") + 1)] = schema.split("#");
  return `https://openlineage.io/spec/facets/${file}.json#/$defs/${definition}`;
}

/** The places of facets, and the keys of the specification's facets there. */
export function facetKeys(): { place: keyof KnownFacets; key: string }[] {
  return Object.entries(SCHEMAS).flatMap(([place, keys]) =>
    Object.keys(keys).map((key) => ({ place: place as keyof KnownFacets, key })),
  );
}

/** What a facet holds beside its producer and schema. */
export type FacetFields<P extends keyof KnownFacets, K extends keyof KnownFacets[P]> = Omit<
  KnownFacets[P][K],
  keyof Facet
>;

/** A facet of the specification, with its producer and schema filled in. */
export function createFacet<P extends keyof KnownFacets, K extends keyof KnownFacets[P] & string>(
  place: P,
  key: K,
  producer: string,
  fields: FacetFields<P, K>,
): KnownFacets[P][K] {
  const facet = { ...fields, _producer: producer, _schemaURL: facetSchemaUrl(place, key) };
  return facet as unknown as KnownFacets[P][K];
}
