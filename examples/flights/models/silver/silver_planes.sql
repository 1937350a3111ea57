-- One row a tail number, also for planes that only the flights know.
with registered as (
    select
        tailnum,
        cast(year as integer) as built_year,
        manufacturer,
        model as model_name,
        cast(seats as integer) as seats,
        engine
    from {{ source('raw', 'planes') }}
),

flown as (
    select distinct tailnum
    from {{ source('raw', 'flights') }}
    where tailnum is not null
)

select
    coalesce(registered.tailnum, flown.tailnum) as tailnum,
    registered.built_year,
    coalesce(registered.manufacturer, 'unknown') as manufacturer,
    coalesce(registered.model_name, 'unknown') as model_name,
    registered.seats,
    coalesce(registered.engine, 'unknown') as engine,
    registered.tailnum is not null as is_registered
from registered
full outer join flown on registered.tailnum = flown.tailnum
