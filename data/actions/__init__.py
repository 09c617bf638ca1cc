"""Writes: one verb a function, one transaction, its audit line included."""
