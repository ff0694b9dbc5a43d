"""Where things are kept: DuckDB.

store      what the flows read and write
reading    what people ask most
core       connections, migrations, batches of rows, extensions
records    the tables by entity
views      what analysts ask in SQL
snapshot   the copies that readers open: published, exported, served
upkeep     what is dropped and summed up with age
"""
