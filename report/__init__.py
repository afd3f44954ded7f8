"""The fast half: it makes an HTML and PDF report of stored runs. It never imports torch."""
