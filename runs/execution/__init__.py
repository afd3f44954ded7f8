"""Execution: planned work, done by workers on this machine or on Ray."""
