"""The commands, one file for each group of them. Only these files print or exit."""
