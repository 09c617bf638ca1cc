"""Reads: one question a file. Each takes the acting person and asks the policy first."""
