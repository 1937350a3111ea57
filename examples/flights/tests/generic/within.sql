{% test within(model, column_name, min=none, max=none) %}
{# Values outside of the bounds, which are inclusive; NULL is another test's business. #}
select {{ column_name }}
from {{ model }}
where
    {% if min is not none %}{{ column_name }} < {{ min }}{% else %}1 = 0{% endif %}
    or {% if max is not none %}{{ column_name }} > {{ max }}{% else %}1 = 0{% endif %}
{% endtest %}
