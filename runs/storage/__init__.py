"""The store and every file of it."""
