select * from {{ ref('orders') }} where customer not in (select id from {{ ref('customers') }})
