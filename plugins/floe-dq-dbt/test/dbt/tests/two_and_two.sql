select 1 where 2 + 2 <> 4
