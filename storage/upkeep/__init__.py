"""Drops and sums up old rows, and rebuilds the file smaller."""
