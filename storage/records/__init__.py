"""The tables in schema `core`, one object for each entity. `storage.store.Store` holds them all."""
