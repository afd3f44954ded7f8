"""What is measured of the program: speed, memory, costs, and what its statistics are worth. Nothing imports these."""
