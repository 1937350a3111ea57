import type { DeletableFacet, Facet, Owner, Tag, Transformation } from "./base.ts";
import type { LineageInput } from "./job.ts";

/** Columns and their types. Version 1-2-0. */
export interface SchemaDatasetFacet extends DeletableFacet {
  fields?: readonly SchemaField[];
}

export interface SchemaField {
  name: string;
  type?: string;
  description?: string;
  /** From 1. */
  ordinal_position?: number;
  /** Of a struct. */
  fields?: readonly SchemaField[];
}

/**
 * From which columns each output column comes. Version 1-2-0. Marquez drops it where the output has no
 * schema facet, so emit both.
 */
export interface ColumnLineageDatasetFacet extends DeletableFacet {
  fields: Readonly<Record<string, { inputFields: readonly ColumnLineageInput[] }>>;
  /** Columns that the whole output depends on: of filters and joins. */
  dataset?: readonly ColumnLineageInput[];
}

export interface ColumnLineageInput {
  namespace: string;
  name: string;
  field: string;
  transformations?: readonly Transformation[];
}

/** Where the data comes from. Version 1-0-1. */
export interface DatasourceDatasetFacet extends DeletableFacet {
  name?: string;
  uri?: string;
}

/** The Iceberg catalog: framework `iceberg`, type `polaris`. Version 1-1-0. */
export interface CatalogDatasetFacet extends DeletableFacet {
  framework: string;
  type: string;
  name: string;
  metadataUri?: string;
  warehouseUri?: string;
  source?: string;
  catalogProperties?: Readonly<Record<string, string>>;
}

/** A snapshot's id. Version 1-0-1. */
export interface DatasetVersionDatasetFacet extends DeletableFacet {
  datasetVersion: string;
}

/** `TABLE`, `VIEW`, `FILE`. Version 1-0-1. */
export interface DatasetTypeDatasetFacet extends DeletableFacet {
  datasetType: string;
  subType?: string;
}

/** Version 1-1-0. */
export interface DocumentationDatasetFacet extends DeletableFacet {
  description: string;
  contentType?: string;
}

/** Version 1-0-1. */
export interface OwnershipDatasetFacet extends DeletableFacet {
  owners?: readonly Owner[];
}

/** `storageLayer`: `iceberg`; `fileFormat`: `parquet`. Version 1-0-1. */
export interface StorageDatasetFacet extends DeletableFacet {
  storageLayer: string;
  fileFormat?: string;
}

/** Other names of the same dataset. Version 1-0-1. */
export interface SymlinksDatasetFacet extends DeletableFacet {
  identifiers?: readonly { namespace: string; name: string; type: string }[];
}

/** Version 1-0-0. `field` is the column that the tag is on. */
export interface TagsDatasetFacet extends DeletableFacet {
  tags?: readonly (Tag & { field?: string })[];
}

/** What happened to the dataset itself. Version 1-0-1. */
export interface LifecycleStateChangeDatasetFacet extends DeletableFacet {
  lifecycleStateChange: "ALTER" | "CREATE" | "DROP" | "OVERWRITE" | "RENAME" | "TRUNCATE";
  previousIdentifier?: { namespace: string; name: string };
}

/** Where the dataset stands: database, schema, table. Version 1-0-0. */
export interface HierarchyDatasetFacet extends DeletableFacet {
  hierarchy: readonly { type: string; name: string }[];
}

/** Version 1-0-0. */
export interface LineageDatasetFacet extends DeletableFacet {
  inputs?: readonly LineageInput[];
  fields?: Readonly<Record<string, { inputs: readonly LineageInput[] }>>;
}

export interface QualityMetrics {
  rowCount?: number;
  bytes?: number;
  fileCount?: number;
  /** ISO 8601. */
  lastUpdated?: string;
  columnMetrics: Readonly<Record<string, ColumnMetrics>>;
}

export interface ColumnMetrics {
  nullCount?: number;
  distinctCount?: number;
  sum?: number;
  count?: number;
  min?: number;
  max?: number;
  /** By quantile: `{"0.5": 12}`. */
  quantiles?: Readonly<Record<string, number>>;
}

/** Metrics of a dataset as such. Version 1-0-0. */
export interface DataQualityMetricsDatasetFacet extends DeletableFacet, QualityMetrics {}

/** Metrics of an input as a run saw it. Version 1-0-3. */
export interface DataQualityMetricsInputDatasetFacet extends Facet, QualityMetrics {}

/** Verdicts on an input. It belongs into `inputs[].inputFacets`. Version 1-1-0. */
export interface DataQualityAssertionsDatasetFacet extends Facet {
  assertions: readonly DataQualityAssertion[];
}

export interface DataQualityAssertion {
  /** Kind of check: `not_null`. */
  assertion: string;
  success: boolean;
  column?: string;
  severity?: "error" | "warn";
  name?: string;
  description?: string;
  /** Text, also for numbers. */
  expected?: string;
  actual?: string;
  content?: string;
  contentType?: string;
  params?: Readonly<Record<string, unknown>>;
}

/** What was read. Version 1-0-0. */
export interface InputStatisticsInputDatasetFacet extends Facet {
  rowCount?: number;
  /** Bytes. */
  size?: number;
  fileCount?: number;
}

/** What was written. Version 1-0-2. */
export interface OutputStatisticsOutputDatasetFacet extends Facet {
  rowCount?: number;
  /** Bytes. */
  size?: number;
  fileCount?: number;
}

/** Which part of an input was read. Version 1-0-0. */
export interface InputSubsetInputDatasetFacet extends Facet {
  inputCondition: SubsetCondition;
}

/** Which part of an output was written. Version 1-0-0. */
export interface OutputSubsetOutputDatasetFacet extends Facet {
  outputCondition: SubsetCondition;
}

export type SubsetCondition =
  | { type: "location"; locations: readonly string[] }
  | {
      type: "partition";
      partitions: readonly { identifier?: string; dimensions: Readonly<Record<string, unknown>> }[];
    }
  | { type: "binary"; left: SubsetCondition; right: SubsetCondition; operator: string }
  | { type: "compare"; left: SubsetOperand; right: SubsetOperand; comparison: string };

export type SubsetOperand = { type: "field"; field: string } | { type: "literal"; value: string };

/** The dataset facets by their key in `facets`. */
export interface KnownDatasetFacets {
  schema: SchemaDatasetFacet;
  columnLineage: ColumnLineageDatasetFacet;
  dataSource: DatasourceDatasetFacet;
  catalog: CatalogDatasetFacet;
  version: DatasetVersionDatasetFacet;
  datasetType: DatasetTypeDatasetFacet;
  documentation: DocumentationDatasetFacet;
  ownership: OwnershipDatasetFacet;
  storage: StorageDatasetFacet;
  symlinks: SymlinksDatasetFacet;
  tags: TagsDatasetFacet;
  lifecycleStateChange: LifecycleStateChangeDatasetFacet;
  hierarchy: HierarchyDatasetFacet;
  lineage: LineageDatasetFacet;
  dataQualityMetrics: DataQualityMetricsDatasetFacet;
}

/** The input facets by their key in `inputs[].inputFacets`. */
export interface KnownInputDatasetFacets {
  dataQualityAssertions: DataQualityAssertionsDatasetFacet;
  dataQualityMetrics: DataQualityMetricsInputDatasetFacet;
  inputStatistics: InputStatisticsInputDatasetFacet;
  subset: InputSubsetInputDatasetFacet;
}

/** The output facets by their key in `outputs[].outputFacets`. */
export interface KnownOutputDatasetFacets {
  outputStatistics: OutputStatisticsOutputDatasetFacet;
  subset: OutputSubsetOutputDatasetFacet;
}
