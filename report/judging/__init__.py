"""Claims, their evidence and their verdicts."""
