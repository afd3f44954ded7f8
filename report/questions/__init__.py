"""The questions of the write-up, each answered from the frames by a module or package of its own."""
