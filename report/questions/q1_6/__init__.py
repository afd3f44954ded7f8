"""Question 1.6: its claims and its page."""
