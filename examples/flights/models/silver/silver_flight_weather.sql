-- Each flight with the weather at its origin in the hour that it was to leave.
select
    flights.flight_id,
    flights.origin,
    flights.scheduled_hour,
    flights.is_cancelled,
    flights.departure_delay_minutes,
    weather.weather_id,
    coalesce(weather.condition, 'unknown') as condition,
    weather.wind_speed_mph,
    weather.visibility_miles
from {{ ref('silver_flights') }} as flights
left join {{ ref('silver_weather') }} as weather
    on
        flights.origin = weather.airport
        and flights.scheduled_hour = weather.observed_at
