select
    origin || '-' || destination as route_id,
    origin,
    destination,
    max(distance_miles) as distance_miles,
    count(distinct carrier) as carriers
from {{ ref('silver_flights') }}
group by origin, destination
