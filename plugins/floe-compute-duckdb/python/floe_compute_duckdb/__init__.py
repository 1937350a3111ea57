"""What DuckDB can't do to Iceberg tables itself, in floe's worker."""
