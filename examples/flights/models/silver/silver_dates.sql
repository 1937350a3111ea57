-- The days that have flights.
select distinct
    cast(make_date(cast(year as integer), cast(month as integer), cast(day as integer)) as date) as flight_date,
    cast(year as integer) as year_number,
    cast(month as integer) as month_number,
    cast(day as integer) as day_number
from {{ source('raw', 'flights') }}
