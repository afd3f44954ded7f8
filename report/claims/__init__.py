"""Statements of the write-up in, verdicts out. One module a question holds its claims."""
