select
    delays.carrier || '-' || cast(dates.month_number as varchar) as carrier_month_id,
    delays.carrier,
    airlines.airline_name,
    dates.month_number,
    count(*) as flights,
    cast(round(avg(delays.arrival_delay_minutes), 2) as decimal(9, 2)) as average_arrival_delay_minutes,
    cast(round(100.0 * sum(case when delays.is_late then 1 else 0 end) / count(*), 2) as decimal(5, 2)) as late_percent
from {{ ref('silver_flight_delays') }} as delays
inner join {{ ref('silver_dates') }} as dates on delays.flight_date = dates.flight_date
inner join {{ ref('silver_airlines') }} as airlines on delays.carrier = airlines.carrier
group by delays.carrier, airlines.airline_name, dates.month_number
