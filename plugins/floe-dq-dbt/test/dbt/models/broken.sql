select id, 1 // nothing as share from {{ ref('orders_copy') }}
