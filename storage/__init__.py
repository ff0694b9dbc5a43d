"""Where things are kept: DuckDB, its migrations, the store and the analysts' views."""
