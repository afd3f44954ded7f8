"""Question 1.3: its claims and its page."""
