{#
  Iceberg has fewer types than DuckDB. A column whose type it lacks takes the next one that holds all of its
  values; what has none (INTERVAL, BIT, UNION, TIME WITH TIME ZONE) stays, and DuckDB refuses it by name.
  See https://iceberg.apache.org/spec/#primitive-types
#}
{% macro floe_iceberg_type(data_type) %}
  {%- set wider = {
    'TINYINT': 'INTEGER', 'SMALLINT': 'INTEGER', 'UTINYINT': 'INTEGER', 'USMALLINT': 'INTEGER',
    'UINTEGER': 'BIGINT', 'UBIGINT': 'DECIMAL(20,0)', 'HUGEINT': 'DECIMAL(38,0)', 'UHUGEINT': 'DECIMAL(38,0)',
    'BIGNUM': 'DECIMAL(38,0)', 'JSON': 'VARCHAR', 'TIMESTAMP_S': 'TIMESTAMP', 'TIMESTAMP_MS': 'TIMESTAMP',
    'TIMESTAMP_NS': 'TIMESTAMP', '"NULL"': 'INTEGER'
  } -%}
  {%- if data_type in wider -%}
    {{ return(wider[data_type]) }}
  {%- endif -%}
  {%- if data_type.startswith('ENUM(') and data_type.endswith(')') -%}
    {{ return('VARCHAR') }}
  {%- endif -%}
  {%- if '(' not in data_type and '[' not in data_type -%}
    {{ return(data_type) }}
  {%- endif -%}
  {#- Within a nested type, a type's name is followed by what ends it; a field's name, by a blank. -#}
  {%- set found = namespace(type=modules.re.sub('\\[[0-9]+\\]', '[]', data_type)) -%}
  {%- for name in wider -%}
    {%- set found.type = modules.re.sub('(^|[ (])' ~ name ~ '([,)]|\\[|$)', '\\g<1>' ~ wider[name] ~ '\\g<2>', found.type) -%}
  {%- endfor -%}
  {{ return(found.type) }}
{% endmacro %}

{# The columns of a query, as Iceberg will have them: mappings with `name`, `type`, and `source`, DuckDB's type. #}
{% macro floe_iceberg_columns(sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- if header is not none -%}
    {%- do run_query(header) -%}
  {%- endif -%}
  {%- set described = run_query('describe select * from (\n' ~ sql ~ '\n) as floe_rows') -%}
  {%- set columns = [] -%}
  {%- for row in described.rows -%}
    {%- do columns.append({'name': row[0], 'source': row[1], 'type': floe_iceberg_type(row[1])}) -%}
  {%- endfor -%}
  {{ return(columns) }}
{% endmacro %}

{# A query whose columns have Iceberg's types; the query itself where they have already. #}
{% macro floe_iceberg_select(sql, columns) %}
  {%- set selected = [] -%}
  {%- set changed = [] -%}
  {%- for column in columns -%}
    {%- set quoted = floe_quoted(column.name) -%}
    {%- if column.source == column.type -%}
      {%- do selected.append(quoted) -%}
    {%- else -%}
      {%- do changed.append(column.name) -%}
      {%- do selected.append('cast(' ~ quoted ~ ' as ' ~ column.type ~ ') as ' ~ quoted) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if changed | length == 0 -%}
    {{ return(sql) }}
  {%- endif -%}
  {{ return('select ' ~ selected | join(', ') ~ ' from (\n' ~ sql ~ '\n) as floe_rows') }}
{% endmacro %}

{% macro floe_quoted(name) %}
  {{ return('"' ~ name | replace('"', '""') ~ '"') }}
{% endmacro %}
