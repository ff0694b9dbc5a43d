"""Drops old rows or sums them up, and rebuilds the file without unused space."""
