"""Exports: what the clinic takes away as CSV, in the columns the design fixes."""
