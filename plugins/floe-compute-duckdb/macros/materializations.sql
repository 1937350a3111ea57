{#
  Tables keep their id and their history from run to run: their rows are replaced in one transaction, never the
  table. A view or an external file becomes a table, for DuckDB can make neither in an Iceberg catalog. What
  isn't in such a catalog, dbt-duckdb builds as ever.
#}
{% materialization table, adapter="duckdb", supported_languages=['sql', 'python'] %}
  {%- if not floe_in_iceberg(this) -%}
    {{ return(dbt.materialization_table_duckdb()) }}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {#- Here and not in a macro, for dbt runs Python only where a materialization itself asks. It writes by
      connections of its own, which see no transaction of this one, hence before it. -#}
  {%- set stage = make_temp_relation(this) if model['language'] == 'python' else none -%}
  {%- if stage is not none -%}
    {%- call statement('stage', language='python') -%}
      {{- py_write_table(temporary=True, relation=stage, compiled_code=compiled_code) }}
    {%- endcall -%}
  {%- endif -%}
  {{ return(floe_iceberg_table(stage)) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
  {%- if not floe_in_iceberg(this) -%}
    {{ return(dbt.materialization_view_duckdb()) }}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ return(floe_iceberg_table()) }}
{% endmaterialization %}

{% materialization incremental, adapter="duckdb", supported_languages=['sql', 'python'] %}
  {%- set rebuilt = load_cached_relation(this) is none or should_full_refresh() -%}
  {%- if not floe_in_iceberg(this) or (not rebuilt and model['language'] == 'sql') -%}
    {{ return(dbt.materialization_incremental_duckdb()) }}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {%- set stage = make_temp_relation(this) if model['language'] == 'python' else none -%}
  {%- if stage is not none -%}
    {%- call statement('stage', language='python') -%}
      {{- py_write_table(temporary=True, relation=stage, compiled_code=compiled_code) }}
    {%- endcall -%}
  {%- endif -%}
  {{ return(floe_iceberg_table(stage) if rebuilt else floe_iceberg_increment(stage)) }}
{% endmaterialization %}

{#- What a model writes as files beside a catalog, the catalog's other readers would never find. -#}
{% materialization external, adapter="duckdb", supported_languages=['sql', 'python'] %}
  {%- if not floe_in_iceberg(this) -%}
    {{ return(dbt.materialization_external_duckdb()) }}
  {%- endif -%}
  {%- if config.get('location', none) is not none -%}
    {%- do exceptions.warn(this.identifier ~ ' is a table of the catalog; its file ' ~ config.get('location') ~ ' is not written.') -%}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {%- set stage = make_temp_relation(this) if model['language'] == 'python' else none -%}
  {%- if stage is not none -%}
    {%- call statement('stage', language='python') -%}
      {{- py_write_table(temporary=True, relation=stage, compiled_code=compiled_code) }}
    {%- endcall -%}
  {%- endif -%}
  {{ return(floe_iceberg_table(stage)) }}
{% endmaterialization %}

{# Replaces the rows of a table, or makes it. `stage` holds what a Python model gave. #}
{% macro floe_iceberg_table(stage=none) %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set sql = compiled_code if stage is none else 'select * from ' ~ stage -%}
  {%- set enforced = config.get('contract').enforced -%}
  {%- if enforced and stage is none -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {%- set columns = floe_iceberg_columns(sql) -%}
  {%- set rows = floe_iceberg_select(sql, columns) -%}

  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- if existing is none -%}
    {%- do floe_iceberg_create(target, columns, floe_required_columns() if enforced else []) -%}
  {%- else -%}
    {%- if target.render() in sql -%}
      {#- The model reads the rows that are about to go. -#}
      {%- set stage = make_temp_relation(target) -%}
      {%- call statement('stage') -%}
        create temporary table {{ stage }} as (
          {{ rows }}
        )
      {%- endcall -%}
      {%- set rows = 'select * from ' ~ stage -%}
    {%- endif -%}
    {%- do floe_iceberg_evolve(target, columns) -%}
    {%- call statement('delete_rows') -%}
      delete from {{ target }}
    {%- endcall -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ config.get('sql_header', '') or '' }}
    insert into {{ target }} by name (
      {{ rows }}
    )
  {%- endcall -%}
  {%- if enforced -%}
    {%- do floe_check_constraints(target) -%}
  {%- endif -%}
  {{ return(floe_iceberg_commit(target, stage)) }}
{% endmacro %}

{# What a Python model gave, into a table that is there. dbt-duckdb does the same for SQL. #}
{% macro floe_iceberg_increment(stage) %}
  {%- set target = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set columns = process_schema_changes(on_schema_change, stage, target) or adapter.get_columns_in_relation(target) -%}
  {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
  {%- set sql = strategy({
    'target_relation': target, 'temp_relation': stage, 'unique_key': config.get('unique_key'), 'dest_columns': columns,
    'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
  }) -%}
  {%- call statement('main') -%}
    {{ sql }}
  {%- endcall -%}
  {{ return(floe_iceberg_commit(target, stage)) }}
{% endmacro %}

{% macro floe_iceberg_commit(target, stage) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do persist_docs(target, model) -%}
  {{ adapter.commit() }}
  {%- if stage is not none -%}
    {%- call statement('drop_stage', auto_begin=False) -%}
      drop table if exists {{ stage }}
    {%- endcall -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{% endmacro %}
