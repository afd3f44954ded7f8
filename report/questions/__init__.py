"""Frames in, answers out: one module a question."""
