{{ config(materialized='incremental', unique_key='flight_date', incremental_strategy='delete+insert') }}

select
    flight_date,
    count(*) as scheduled_flights,
    sum(case when is_cancelled then 1 else 0 end) as cancelled_flights,
    sum(case when is_diverted then 1 else 0 end) as diverted_flights,
    cast(round(coalesce(avg(departure_delay_minutes), 0), 2) as decimal(9, 2)) as average_departure_delay_minutes,
    sum(case when departure_delay_minutes > 60 then 1 else 0 end) as very_late_flights
from {{ ref('silver_flights') }}
{% if is_incremental() %}
where flight_date >= (select max(built.flight_date) from {{ this }} as built)
{% endif %}
group by flight_date
