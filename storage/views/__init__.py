"""What analysts see: views, macros, and the full-text index behind `search`."""
