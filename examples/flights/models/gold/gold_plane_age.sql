select
    planes.tailnum,
    planes.manufacturer,
    2013 - planes.built_year as age_years,
    count(*) as flights,
    cast(round(avg(delays.arrival_delay_minutes), 2) as decimal(9, 2)) as average_arrival_delay_minutes
from {{ ref('silver_flight_delays') }} as delays
inner join {{ ref('silver_planes') }} as planes on delays.tailnum = planes.tailnum
where planes.built_year is not null
group by planes.tailnum, planes.manufacturer, planes.built_year
