import { SampleProduct } from "../run/sample-product.ts";
import { extensionFiles } from "./extensions.ts";

const PACKAGES = [
  "floe-catalog-rest",
  "floe-compute-duckdb",
  "floe-dbt-fusion",
  "floe-dbt-local",
  "floe-dq-custom",
  "floe-lineage-marquez",
];

/** A manifest's part about a catalog that asks nobody who they are. */
export interface Lake {
  uri: string;
  warehouse: string;
  /** Whether it can stage the creation of a table, so that one which fails leaves nothing. */
  staged: boolean;
}

/** One model of each kind that dbt has, from seeds alone. */
const MODELS: Readonly<Record<string, string>> = {
  "floe.yaml": `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: shop, version: 1.0.0}
transforms:
  - name: totals
    qualityChecks:
      - {name: totals are positive, type: between, column: total, severity: critical, parameters: {min: 0}}
`,
  "dbt_project.yml": `name: shop
version: '1.0'
profile: shop
vars: {wider: false, broken: false}
models: {shop: {+materialized: table}}
`,
  "seeds/orders.csv":
    "id,customer,amount,day\n1,ada,10,2023-01-01\n2,ada,20,2024-01-02\n3,bob,30,2025-01-03\n",
  "models/lines.sql": `{{ config(materialized='view', event_time='happened') }}
select id, customer, amount, day::timestamp as happened from {{ ref('orders') }}
`,
  "models/big.sql":
    "{{ config(materialized='ephemeral') }} select * from {{ ref('lines') }} where amount > 5\n",
  "models/totals.sql": `{{ config(post_hook="select count(*) from {{ this }}") }}
select customer, sum(id) as ids, sum(amount)::double as total, 1::tinyint as tiny, {'n': 1::smallint} as nested
from {{ ref('big') }} group by customer
`,
  "models/appended.sql": `{{ config(materialized='incremental', incremental_strategy='append') }}
select id, sum(id) over () as s from {{ ref('lines') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
`,
  "models/replaced.sql": `{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='id', on_schema_change='sync_all_columns') }}
select id, customer, sum(id) over () as s {% if var('wider') %}, 'x' as extra {% endif %} from {{ ref('lines') }}
`,
  "models/merged.sql": `{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['id', 'customer']) }}
select id, customer, amount from {{ ref('lines') }}
`,
  "models/batched.sql": `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2023-01-01', batch_size='year', lookback=9) }}
select id, happened from {{ ref('lines') }}
`,
  "models/agreed.sql": "select id::integer as id, customer, id::smallint as small from {{ ref('lines') }}\n",
  "models/evolving.sql": `{% if var('wider') %}
select id::bigint as id, amount::varchar as amount, 'new' as added from {{ ref('lines') }}
{% else %}
select id, amount, customer as dropped from {{ ref('lines') }}
{% endif %}
`,
  "models/counted.sql": `select 1 as n {% if load_relation(this) %} union all select n + 1 from {{ this }} {% endif %}
`,
  "models/python_model.py": `def model(dbt, session):
    dbt.config(materialized="table")
    return dbt.ref("lines").project("id, amount, 1::tinyint as tiny")
`,
  "models/fragile.sql": `select id, case when {{ var('broken') | lower }} and id = 3 then error('it broke') else customer end as customer
from {{ ref('lines') }}
`,
  "models/after_fragile.sql": "select * from {{ ref('fragile') }}\n",
  "snapshots/history.sql": `{% snapshot history %}
{{ config(strategy='check', check_cols='all', unique_key='id', schema='history') }}
select id, amount from {{ ref('orders') }}
{% endsnapshot %}
`,
  "models/schema.yml": `models:
  - name: lines
    columns: [{name: id, data_tests: [not_null, unique]}]
  - name: totals
    description: What each customer spent.
    config: {persist_docs: {relation: true}}
    columns: [{name: customer, data_tests: [not_null, unique]}]
  - name: merged
    columns:
      - name: amount
        data_tests: [{accepted_values: {arguments: {values: [10]}, config: {severity: warn, store_failures: true}}}]
  - name: agreed
    config: {contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [id]}]
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}, {type: check, expression: id > 0}]}
      - {name: customer, data_type: varchar}
      - {name: small, data_type: smallint}
`,
};

/** The manifest, with or without a catalog: nothing else differs. */
export async function lakeManifest(lake: Lake | undefined, dbt = "local", more = ""): Promise<string> {
  const files = JSON.stringify(await extensionFiles());
  const staged = lake?.staged === false ? ", catalog_options: {stage_create_tables: false}" : "";
  return `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: shop-platform, version: 1.0.0, owner: me@example.com}
plugins:
  compute: {type: duckdb, config: {extension_files: ${files}, maintain_after: 0${staged}}}
  dbt: {type: ${dbt}}
${lake === undefined ? "" : `  catalog: {type: rest, config: {uri: "${lake.uri}", warehouse: "${lake.warehouse}"}}\n`}${more}`;
}

/** The product with one model of each kind. */
export async function lakeProduct(
  lake: Lake | undefined,
  files: Readonly<Record<string, string>> = {},
): Promise<SampleProduct> {
  return new SampleProduct(
    {
      "package.json": JSON.stringify({
        private: true,
        dependencies: Object.fromEntries(PACKAGES.map((name) => [name, "*"])),
      }),
      "manifest.yaml": await lakeManifest(lake),
      ...MODELS,
      ...files,
    },
    { bare: true },
  );
}
