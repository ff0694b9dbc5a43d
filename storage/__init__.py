"""Keeps everything in a DuckDB database.

store      what the flows read and write: one object for each entity
reading    answers the usual questions (a run, a story, an article); `answers` has its types
listing    lists that commands print or compare: feeds, their health, what is filed
core       connections, migrations, rows by column name, errors, files, extensions
records    the tables, a file for each entity
views      the views that analysts read in SQL, a file for each area
snapshot   the copies that readers open: published, exported, served
upkeep     drops old rows or sums them up, and rebuilds the file
"""
