"""Question 1.2: its claims and its page."""
