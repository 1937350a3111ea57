"""dbt-core and sqlfluff in floe's worker."""
