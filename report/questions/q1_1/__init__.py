"""Question 1.1: its claims and its page."""
