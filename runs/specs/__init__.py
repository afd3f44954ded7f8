"""What is wanted: a run, the presets, every configuration, and which question needs it."""
