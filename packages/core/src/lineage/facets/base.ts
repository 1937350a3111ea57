/** What every facet carries. Facets may have further keys of their producer's own. */
export interface Facet {
  /** URI of what made the facet. */
  readonly _producer: string;
  /** The version of the schema that it follows: a JSON pointer into it. */
  readonly _schemaURL: string;
}

/** A facet of a job or dataset can be taken back. */
export interface DeletableFacet extends Facet {
  readonly _deleted?: boolean;
}

/** How an input becomes an output. @see https://openlineage.io/docs/spec/facets/dataset-facets/column_lineage_facet */
export interface Transformation {
  /** DIRECT: the value goes in; INDIRECT: it decides what does (filter, join, group, sort). */
  type: "DIRECT" | "INDIRECT";
  /** IDENTITY, TRANSFORMATION, AGGREGATION; or JOIN, GROUP_BY, FILTER, SORT, WINDOW, CONDITIONAL. */
  subtype?: string;
  description?: string;
  /** Whether the value can't be told from the result: a hash, a count. */
  masking?: boolean;
}

/** A label. `source` says who set it: `DBT`, `USER`. */
export interface Tag {
  key: string;
  value: string;
  source?: string;
}

export interface Owner {
  /** `team:data`, `user:ada`. */
  name: string;
  /** `MAINTAINER`, `OWNER`, `STEWARD`. */
  type?: string;
}
