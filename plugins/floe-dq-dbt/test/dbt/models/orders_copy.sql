{{ config(alias="copied orders", schema="copies") }}
select * from {{ ref('raw_orders') }}
