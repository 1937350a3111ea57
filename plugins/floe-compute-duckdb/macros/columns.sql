{# Creates a table with columns as `floe_iceberg_columns` gives them. `required` names those that take no null. #}
{% macro floe_iceberg_create(relation, columns, required=[]) %}
  {%- set parts = [] -%}
  {%- for column in columns -%}
    {%- do parts.append(floe_quoted(column.name) ~ ' ' ~ column.type ~ (' not null' if column.name in required else '')) -%}
  {%- endfor -%}
  {%- call statement('create_table') -%}
    create table {{ relation }} ({{ parts | join(', ') }})
    {%- if floe_iceberg_properties() %} with ({{ floe_iceberg_properties() }}){% endif %}
  {%- endcall -%}
{% endmacro %}

{#
  Gives an existing table other columns, in place: its id, its history and its location stay. Iceberg knows
  columns by id, so one whose type can't be widened is another column of the same name; its old values remain
  in the snapshots that had them. Must stand in the transaction that replaces the rows.
#}
{% macro floe_iceberg_evolve(relation, columns) %}
  {%- set existing = {} -%}
  {%- for row in run_query('describe ' ~ relation).rows -%}
    {%- do existing.update({row[0] | lower: {'name': row[0], 'type': row[1]}}) -%}
  {%- endfor -%}
  {%- set wanted = columns | map(attribute='name') | map('lower') | list -%}
  {%- set retired = [] -%}
  {#- The new before the old are gone: a table must keep a column. -#}
  {%- for column in columns -%}
    {%- set old = existing.get(column.name | lower) -%}
    {%- if old is none -%}
      {%- do floe_iceberg_alter(relation, 'add column ' ~ floe_quoted(column.name) ~ ' ' ~ column.type) -%}
    {%- elif old.type != column.type -%}
      {%- if floe_iceberg_widens(old.type, column.type) -%}
        {%- do floe_iceberg_alter(relation, 'alter column ' ~ floe_quoted(old.name) ~ ' type ' ~ column.type) -%}
      {%- else -%}
        {%- set aside = '__floe_old_' ~ old.name -%}
        {%- do floe_iceberg_alter(relation, 'rename ' ~ floe_quoted(old.name) ~ ' to ' ~ floe_quoted(aside)) -%}
        {%- do floe_iceberg_alter(relation, 'add column ' ~ floe_quoted(column.name) ~ ' ' ~ column.type) -%}
        {%- do retired.append(aside) -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {%- for key in existing -%}
    {%- if key not in wanted -%}
      {%- do retired.append(existing[key].name) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- for name in retired -%}
    {%- do floe_iceberg_alter(relation, 'drop column ' ~ floe_quoted(name)) -%}
  {%- endfor -%}
{% endmacro %}

{% macro floe_iceberg_alter(relation, change) %}
  {%- call statement('alter_table') -%}
    alter table {{ relation }} {{ change }}
  {%- endcall -%}
{% endmacro %}

{# Whether Iceberg can widen a type in place. See https://iceberg.apache.org/spec/#schema-evolution #}
{% macro floe_iceberg_widens(from, to) %}
  {%- if (from, to) in [('INTEGER', 'BIGINT'), ('FLOAT', 'DOUBLE')] -%}
    {{ return(true) }}
  {%- endif -%}
  {%- set decimal = 'DECIMAL\\(([0-9]+),([0-9]+)\\)$' -%}
  {%- set old = modules.re.match(decimal, from) -%}
  {%- set new = modules.re.match(decimal, to) -%}
  {%- if old and new -%}
    {{ return(old.group(2) == new.group(2) and old.group(1) | int < new.group(1) | int) }}
  {%- endif -%}
  {{ return(false) }}
{% endmacro %}

{# For `on_schema_change: sync_all_columns`. dbt's own way drops the old column with CASCADE. #}
{% macro duckdb__alter_column_type(relation, column_name, new_column_type) %}
  {%- if not floe_in_iceberg(relation) -%}
    {{ return(dbt.default__alter_column_type(relation, column_name, new_column_type)) }}
  {%- endif -%}
  {%- set quoted = floe_quoted(column_name) -%}
  {%- set type = floe_iceberg_type(new_column_type) -%}
  {%- set found = namespace(type=none) -%}
  {%- for row in run_query('describe ' ~ relation).rows -%}
    {%- if row[0] | lower == column_name | lower -%}{%- set found.type = row[1] -%}{%- endif -%}
  {%- endfor -%}
  {%- if found.type == type -%}
    {{ return('') }}
  {%- endif -%}
  {%- if floe_iceberg_widens(found.type, type) -%}
    {%- do floe_iceberg_alter(relation, 'alter column ' ~ quoted ~ ' type ' ~ type) -%}
    {{ return('') }}
  {%- endif -%}
  {%- set aside = floe_quoted('__floe_old_' ~ column_name) -%}
  {%- do floe_iceberg_alter(relation, 'rename ' ~ quoted ~ ' to ' ~ aside) -%}
  {%- do floe_iceberg_alter(relation, 'add column ' ~ quoted ~ ' ' ~ type) -%}
  {%- call statement('convert_column') -%}
    update {{ relation }} set {{ quoted }} = cast({{ aside }} as {{ type }})
  {%- endcall -%}
  {%- do floe_iceberg_alter(relation, 'drop column ' ~ aside) -%}
{% endmacro %}
