{# Where snapshots, stored test failures and incremental models make their tables. #}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- set own = this is defined and floe_in_iceberg(this) -%}
  {%- if language == 'sql' and (own if temporary else floe_in_iceberg(relation)) -%}
    {%- set columns = floe_iceberg_columns(compiled_code) -%}
    {%- set rows = floe_iceberg_select(compiled_code, columns) -%}
    {%- if not temporary -%}
      {#- In two steps: the columns take Iceberg's types, the table its properties, and a header stands before the query. -#}
      {%- do floe_iceberg_create(relation, columns) -%}
      {{ config.get('sql_header', '') or '' }}
      insert into {{ relation }} by name (
        {{ rows }}
      )
    {%- else -%}
      {{- dbt.duckdb__create_table_as(temporary, relation, rows, language) -}}
    {%- endif -%}
  {%- else -%}
    {{- dbt.duckdb__create_table_as(temporary, relation, compiled_code, language, partitioned_by, sorted_by) -}}
  {%- endif -%}
{%- endmacro %}

{# Test failures that a project stores as views. #}
{% macro duckdb__create_view_as(relation, sql) -%}
  {%- if floe_in_iceberg(relation) -%}
    {{- create_table_as(False, relation, sql) -}}
  {%- else -%}
    {{- dbt.duckdb__create_view_as(relation, sql) -}}
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {%- if floe_in_iceberg(relation) -%}
    {%- call statement('drop_relation', auto_begin=False) -%}
      drop table if exists {{ relation }}
    {%- endcall -%}
  {%- else -%}
    {{- dbt.duckdb__drop_relation(relation) -}}
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__drop_schema(relation) -%}
  {%- if floe_in_iceberg(relation) -%}
    {%- call statement('drop_schema') -%}
      drop schema if exists {{ relation.without_identifier() }}
    {%- endcall -%}
  {%- else -%}
    {{- dbt.duckdb__drop_schema(relation) -}}
  {%- endif -%}
{%- endmacro %}

{# DuckDB has no COMMENT for Iceberg; the table's property of that name is what Spark and Trino show. #}
{% macro duckdb__alter_relation_comment(relation, comment) -%}
  {%- if floe_in_iceberg(relation) -%}
    {%- set kept = run_query("select value from iceberg_table_properties(" ~ relation ~ ") where key = 'comment'") -%}
    {%- if kept.rows | length == 0 or kept.rows[0][0] != comment -%}
      call set_iceberg_table_properties({{ relation }}, {'comment': {{ duckdb_escape_comment(comment) }}})
    {%- else -%}
      select 1
    {%- endif -%}
  {%- else -%}
    {{- dbt.duckdb__alter_relation_comment(relation, comment) -}}
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__alter_column_comment(relation, column_dict) -%}
  {%- if floe_in_iceberg(relation) -%}
    {%- do exceptions.warn('DuckDB can not write the comments of columns into an Iceberg table: those of ' ~ relation ~ ' stay in dbt.') -%}
    select 1
  {%- else -%}
    {{- dbt.duckdb__alter_column_comment(relation, column_dict) -}}
  {%- endif -%}
{%- endmacro %}
