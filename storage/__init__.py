"""Where things are kept: a DuckDB database.

store      what the flows read and write: one object for each entity
reading    what people ask most; `answers` has the values it returns
core       connections, migrations, rows by column name, errors, files, extensions
records    the tables, a file for each entity
views      what analysts ask in SQL, a file for each area
snapshot   the copies that readers open: published, exported, served
upkeep     drops and sums up old rows, and rebuilds the file
"""
