{# The columns that a model's contract allows no null in. #}
{% macro floe_required_columns() %}
  {%- set required = [] -%}
  {%- for name, column in model.columns.items() -%}
    {%- for constraint in column.constraints if constraint.type == 'not_null' -%}
      {%- do required.append(column.name) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(required) }}
{% endmacro %}

{#
  Iceberg enforces no constraint but `not null`, and that only for columns that were made with it. So the
  contract is checked where DuckDB's own tables would enforce it: before the commit.
#}
{% macro floe_check_constraints(relation) %}
  {%- for name, column in model.columns.items() -%}
    {%- for constraint in column.constraints -%}
      {%- do floe_check_constraint(relation, constraint, [column.name]) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- for constraint in model.constraints -%}
    {%- do floe_check_constraint(relation, constraint, constraint.columns) -%}
  {%- endfor -%}
{% endmacro %}

{% macro floe_check_constraint(relation, constraint, names) %}
  {%- set columns = [] -%}
  {%- set nulls = [] -%}
  {%- for name in names -%}
    {%- do columns.append(floe_quoted(name)) -%}
    {%- do nulls.append(floe_quoted(name) ~ ' is null') -%}
  {%- endfor -%}
  {%- set checks = [] -%}
  {%- if constraint.type in ['not_null', 'primary_key'] -%}
    {%- do checks.append('where ' ~ nulls | join(' or ')) -%}
  {%- endif -%}
  {%- if constraint.type in ['unique', 'primary_key'] -%}
    {%- set counted = 'where not (' ~ nulls | join(' or ') ~ ')' -%}
    {%- do checks.append(counted ~ ' group by ' ~ columns | join(', ') ~ ' having count(*) > 1') -%}
  {%- endif -%}
  {%- if constraint.type == 'check' -%}
    {%- do checks.append('where not (' ~ constraint.expression ~ ')') -%}
  {%- endif -%}
  {%- if constraint.type in ['foreign_key', 'custom'] -%}
    {%- do exceptions.warn('Iceberg has no ' ~ constraint.type ~ ' constraints: that of ' ~ relation ~ ' is not enforced.') -%}
  {%- endif -%}
  {%- for check in checks -%}
    {%- if run_query('select 1 from ' ~ relation ~ ' ' ~ check ~ ' limit 1').rows | length > 0 -%}
      {%- do exceptions.raise_compiler_error(
        'The contract of ' ~ relation.identifier ~ ' is broken: its constraint ' ~ constraint.type
        ~ ' on ' ~ (names | join(', ') if names else constraint.expression) ~ ' does not hold. The old rows stay.') -%}
    {%- endif -%}
  {%- endfor -%}
{% endmacro %}
