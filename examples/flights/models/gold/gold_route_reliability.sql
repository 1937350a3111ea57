select
    routes.route_id,
    routes.origin,
    routes.destination,
    airports.airport_name as destination_name,
    routes.distance_miles,
    count(*) as scheduled_flights,
    sum(case when flights.is_cancelled then 1 else 0 end) as cancelled_flights,
    cast(
        round(100.0 * sum(case when coalesce(delays.is_late, true) then 0 else 1 end) / count(*), 2) as decimal(5, 2)
    ) as reliable_percent
from {{ ref('silver_flights') }} as flights
inner join {{ ref('silver_routes') }} as routes
    on flights.origin = routes.origin and flights.destination = routes.destination
inner join {{ ref('silver_airports') }} as airports on flights.destination = airports.airport
left join {{ ref('silver_flight_delays') }} as delays on flights.flight_id = delays.flight_id
group by routes.route_id, routes.origin, routes.destination, airports.airport_name, routes.distance_miles
