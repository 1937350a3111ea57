-- The registry lacks some airports that flights go to; they are kept, by their code alone.
with registered as (
    select
        faa as airport,
        name as airport_name,
        cast(lat as double) as latitude,
        cast(lon as double) as longitude,
        cast(alt as integer) as altitude_feet
    from {{ source('raw', 'airports') }}
),

flown as (
    select origin as airport from {{ source('raw', 'flights') }}
    union
    select dest as airport from {{ source('raw', 'flights') }}
)

select
    coalesce(registered.airport, flown.airport) as airport,
    coalesce(registered.airport_name, flown.airport) as airport_name,
    registered.latitude,
    registered.longitude,
    registered.altitude_feet,
    registered.airport is not null as is_registered
from registered
full outer join flown on registered.airport = flown.airport
