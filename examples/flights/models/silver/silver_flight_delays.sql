-- Flights that arrived, and how late.
select
    flight_id,
    flight_date,
    carrier,
    origin || '-' || destination as route_id,
    tailnum,
    departure_delay_minutes,
    arrival_delay_minutes,
    arrival_delay_minutes > 15 as is_late,
    case
        when arrival_delay_minutes <= 0 then 'on time'
        when arrival_delay_minutes <= 15 then 'slightly late'
        when arrival_delay_minutes <= 60 then 'late'
        else 'very late'
    end as delay_class
from {{ ref('silver_flights') }}
where not is_cancelled and not is_diverted
