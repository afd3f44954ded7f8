"""Stored runs as tables and samples, and how a number is shown."""
