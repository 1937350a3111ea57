{# Stand-ins with the names and arguments of the real package's tests, which no package registry carries. #}
{% test expression_is_true(model, expression, column_name=none) %}
select 1 from {{ model }} where not ({{ column_name or "" }} {{ expression }})
{% endtest %}

{% test unique_combination_of_columns(model, combination_of_columns, quote_columns=false) %}
select {{ combination_of_columns | join(", ") }} from {{ model }}
group by {{ combination_of_columns | join(", ") }} having count(*) > 1
{% endtest %}
