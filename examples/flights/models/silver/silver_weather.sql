-- Stations sometimes report an hour twice: the later report stands.
with reports as (
    select
        origin as airport,
        time_hour as observed_at,
        cast(temp as double) as temperature_f,
        cast(humid as double) as humidity_percent,
        cast(wind_speed as double) as wind_speed_mph,
        cast(precip as double) as precipitation_inches,
        cast(visib as double) as visibility_miles,
        row_number() over (
            partition by origin, time_hour
            order by temp desc, humid desc, wind_speed desc, precip desc, visib desc
        ) as report_number
    from {{ source('raw', 'weather') }}
)

select
    airport || '-' || cast(observed_at as varchar) as weather_id,
    airport,
    observed_at,
    temperature_f,
    humidity_percent,
    wind_speed_mph,
    precipitation_inches,
    visibility_miles,
    case
        when visibility_miles < 1 then 'fog'
        when precipitation_inches > 0 and temperature_f <= 32 then 'snow'
        when precipitation_inches > 0 then 'rain'
        when wind_speed_mph >= 25 then 'wind'
        else 'fair'
    end as condition
from reports
where report_number = 1
