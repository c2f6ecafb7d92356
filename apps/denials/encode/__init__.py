"""Rows made into a letter and its PDF."""
