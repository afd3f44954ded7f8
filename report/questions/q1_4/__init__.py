"""Question 1.4: its claims and its page."""
