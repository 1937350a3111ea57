{# Seeds keep their table too, also in a full refresh. #}
{% macro duckdb__create_csv_table(model, agate_table) -%}
  {%- if not floe_in_iceberg(this) -%}
    {{ return(dbt.default__create_csv_table(model, agate_table)) }}
  {%- endif -%}
  {%- do floe_iceberg_create(this, floe_seed_columns(model, agate_table)) -%}
  {{ return('create table ' ~ this) }}
{%- endmacro %}

{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- if not floe_in_iceberg(old_relation) -%}
    {{ return(dbt.default__reset_csv_table(model, full_refresh, old_relation, agate_table)) }}
  {%- endif -%}
  {%- do floe_iceberg_evolve(old_relation, floe_seed_columns(model, agate_table)) -%}
  {%- call statement('delete_rows') -%}
    delete from {{ old_relation }}
  {%- endcall -%}
  {{ return('delete from ' ~ old_relation) }}
{%- endmacro %}

{% macro duckdb__load_csv_rows(model, agate_table) -%}
  {%- if not floe_in_iceberg(this) or not config.get('fast', true) -%}
    {{ return(dbt.duckdb__load_csv_rows(model, agate_table)) }}
  {%- endif -%}
  {#- By name: a column that came later stands last in the table, wherever the file has it. -#}
  {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
  {%- set file = adapter.get_seed_file_path(model) | replace("'", "''") -%}
  {%- set delimiter = config.get('delimiter', ',') -%}
  {%- set sql -%}
    copy {{ this.render() }} ({{ columns }}) from '{{ file }}' (format csv, header true, delimiter '{{ delimiter }}')
  {%- endset -%}
  {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
  {{ return(sql) }}
{%- endmacro %}

{# The seed's columns, with types by DuckDB's own names: dbt's are as people write them. #}
{% macro floe_seed_columns(model, agate_table) -%}
  {%- set given = model['config'].get('column_types', {}) -%}
  {%- set parts = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do parts.append('cast(null as ' ~ type ~ ') as ' ~ floe_quoted(name | string)) -%}
  {%- endfor -%}
  {{ return(floe_iceberg_columns('select ' ~ parts | join(', '))) }}
{%- endmacro %}
