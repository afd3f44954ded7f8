"""The slow half: what to train, on what, how, and where it is kept.

The store is the only door to the fast half. Nothing here prints, and importing does nothing.
"""
