with hourly as (
    select
        origin,
        cast(floor(scheduled_departure / 100.0) as integer) as hour_number,
        flight_date
    from {{ ref('silver_flights') }}
)

select
    origin || '-' || cast(hour_number as varchar) as load_id,
    origin,
    hour_number,
    count(*) as departures,
    cast(round(1.0 * count(*) / count(distinct flight_date), 2) as decimal(9, 2)) as departures_per_day
from hourly
group by origin, hour_number
