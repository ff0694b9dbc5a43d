"""The tables in schema `core`: one class for each entity. `storage.store.Store` has them all."""
