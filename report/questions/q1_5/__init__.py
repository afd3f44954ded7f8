"""Question 1.5: its claims and its page."""
