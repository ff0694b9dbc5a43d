"""What the flows read and write, by entity."""
