"""DuckDB itself: connections, migrations, batches of rows, extensions."""
