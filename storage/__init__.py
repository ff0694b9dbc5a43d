"""Where things are kept: DuckDB, its migrations, the store and the analysts' views.

store.py      what the flows read and write, with
  subscriptions.py   the feeds
  lines.py           lines of articles, and those an outlet repeats
  index.py           bands and sampled shingles: who may be a copy of whom
  passages.py        what pages share without being copies
reading.py    what people ask most; views.sql and VIEWS.md, what they ask themselves
publish.py    the snapshot that readers open; search.py, its full-text index; quack.py serves it
export.py     Parquet, CSV and JSON lines
upkeep.py     what is dropped and rolled up; compact.py, a file rebuilt
migrate.py, migrations/   from every earlier schema to this one
database.py, tables.py, extensions.py   connections, batches of rows, DuckDB's extensions
"""
