"""The palettes that ``--palette`` can name, and need no file. Quick to import: commands take a default from here."""

from __future__ import annotations

#: The first goes by the pictures: the assignment's for the horses, k-means for others.
AUTO, ASSIGNMENT, KMEANS = "auto", "assignment", "kmeans"
PALETTES = (AUTO, ASSIGNMENT, KMEANS)
