{# Stand-ins with the names and arguments of the real package's tests, which no package registry carries. #}
{% test expect_column_values_to_be_between(model, column_name, min_value=none, max_value=none, row_condition=none, strictly=false) %}
select * from {{ model }}
where ({{ row_condition or "true" }}) and ({{ column_name }} < {{ min_value }} or {{ column_name }} > {{ max_value }})
{% endtest %}

{% test expect_column_mean_to_be_between(model, column_name, min_value=none, max_value=none, group_by=none, row_condition=none, strictly=false) %}
select avg({{ column_name }}) as mean from {{ model }} having mean < {{ min_value }} or mean > {{ max_value }}
{% endtest %}

{% test expect_table_row_count_to_be_between(model, min_value=none, max_value=none, group_by=none, row_condition=none, strictly=false) %}
select count(*) as n from {{ model }} having n < {{ min_value }} or n > {{ max_value }}
{% endtest %}

{% test expect_row_values_to_have_recent_data(model, column_name, datepart, interval, row_condition=none) %}
select max({{ column_name }}) as newest from {{ model }}
having newest is null or newest < now()::timestamp - interval '{{ interval }} {{ datepart }}'
{% endtest %}

{% test expect_column_values_to_be_increasing(model, column_name, sort_column=none) %}
select * from (select {{ column_name }} as v, lag({{ column_name }}) over (order by {{ sort_column }}) as before from {{ model }})
where v <= before
{% endtest %}
