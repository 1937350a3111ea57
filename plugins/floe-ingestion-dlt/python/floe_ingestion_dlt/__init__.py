"""dlt in floe's worker."""
