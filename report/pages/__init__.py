"""Sections, front, HTML, PDF and report.json."""
