"""Copies of the database for readers: the snapshot, exports, and a server for DuckDB clients."""
