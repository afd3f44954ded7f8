"""Pictures: where they come from, their palette, and whether they are the horses."""
