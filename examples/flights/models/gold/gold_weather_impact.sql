select
    origin || '-' || condition as impact_id,
    origin,
    condition,
    count(*) as flights,
    cast(round(100.0 * sum(case when is_cancelled then 1 else 0 end) / count(*), 2) as decimal(5, 2))
        as cancelled_percent,
    cast(round(coalesce(avg(departure_delay_minutes), 0), 2) as decimal(9, 2)) as average_departure_delay_minutes
from {{ ref('silver_flight_weather') }}
group by origin, condition
