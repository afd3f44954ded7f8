"""The fast half: stored runs in, an HTML and PDF report out. It never imports torch."""
