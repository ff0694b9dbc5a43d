"""DuckDB itself: connections, migrations, views, rows, errors, files, extensions."""
