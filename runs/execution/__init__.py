"""Planned work, done by workers here or on Ray."""
