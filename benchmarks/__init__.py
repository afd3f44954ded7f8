"""What is measured of the program: speed, memory, costs, the worth of its statistics. The program imports none."""
