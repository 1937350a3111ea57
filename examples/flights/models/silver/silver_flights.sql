{{ config(
    materialized='incremental',
    unique_key='flight_id',
    incremental_strategy='delete+insert',
    on_schema_change='append_new_columns'
) }}

-- One row a scheduled flight. A correction of an hour arrives with that hour, so the last one is built again.
with reported as (
    select
        *,
        make_date(cast(year as integer), cast(month as integer), cast(day as integer)) as flight_date,
        row_number() over (
            partition by year, month, day, carrier, flight, origin
            order by sched_dep_time, dest, tailnum
        ) as report_number
    from {{ source('raw', 'flights') }}
    {% if is_incremental() %}
    where time_hour >= (select max(built.scheduled_hour) from {{ this }} as built)
    {% endif %}
)

select
    carrier || '-' || cast(flight as varchar) || '-' || origin || '-' || cast(flight_date as varchar) as flight_id,
    cast(flight_date as date) as flight_date,
    time_hour as scheduled_hour,
    carrier,
    cast(flight as integer) as flight_number,
    tailnum,
    origin,
    dest as destination,
    cast(sched_dep_time as integer) as scheduled_departure,
    cast(dep_delay as integer) as departure_delay_minutes,
    cast(arr_delay as integer) as arrival_delay_minutes,
    cast(air_time as integer) as air_time_minutes,
    cast(distance as integer) as distance_miles,
    dep_time is null as is_cancelled,
    dep_time is not null and arr_delay is null as is_diverted
from reported
where report_number = 1
