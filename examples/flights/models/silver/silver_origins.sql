-- The three airports that New York's flights leave from.
select *
from (values ('EWR', 'Newark'), ('JFK', 'John F. Kennedy'), ('LGA', 'LaGuardia')) as origins (origin, name)
