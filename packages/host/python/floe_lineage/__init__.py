"""Where columns come from, read off the SQL."""
